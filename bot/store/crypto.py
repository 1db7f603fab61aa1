"""Encryption of stored secrets, bound to an owner and a purpose, so that a value copied elsewhere is refused.

Fernet (AES-128-CBC with HMAC-SHA256) with keys derived from `SECRET_KEYS`: the first encrypts, all decrypt.
"""

# ruff: noqa: PLC0415 - without SECRET_KEYS the library isn't loaded, which saves time and memory

import base64
import json
from typing import TYPE_CHECKING

from bot.domain.errors import NotConfigured

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

NO_KEYS = (
    "SECRET_KEYS isn't set, so no secret can be stored. Ask your admin to set it to the output of: openssl rand -hex 32"
)
WRONG_KEYS = (
    "SECRET_KEYS can't decrypt what the database holds. Set the keys that were used before (several are "
    "separated by commas, the newest first). If they are lost, set DATABASE_URL to a new database and link the API "
    "keys again."
)


class SecretBox:
    """Encrypts and decrypts. Without keys both raise NotConfigured."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._fernet = _fernet(keys) if keys else None

    def lock(self, owner: str, purpose: str, secret: str) -> str:
        """Encrypt a secret for one owner and purpose."""
        bound = json.dumps({"owner": owner, "purpose": purpose, "secret": secret})
        return self._keys().encrypt(bound.encode()).decode()

    def unlock(self, owner: str, purpose: str, locked: str) -> str:
        """Decrypt a secret. Raises NotConfigured if the keys, the owner or the purpose don't match."""
        if self._fernet is None:  # something is stored, so a new key wouldn't help
            raise NotConfigured(WRONG_KEYS)
        from cryptography.fernet import InvalidToken

        try:
            bound = json.loads(self._fernet.decrypt(locked.encode()))
        except InvalidToken:
            raise NotConfigured(WRONG_KEYS) from None
        if (bound["owner"], bound["purpose"]) != (owner, purpose):
            raise NotConfigured(WRONG_KEYS)
        return str(bound["secret"])

    def rotate(self, locked: str) -> str:
        """Re-encrypt with the first key. Raises NotConfigured if no key decrypts it."""
        keys = self._keys()
        from cryptography.fernet import InvalidToken

        try:
            return keys.rotate(locked.encode()).decode()
        except InvalidToken:
            raise NotConfigured(WRONG_KEYS) from None

    def _keys(self) -> "MultiFernet":
        if self._fernet is None:
            raise NotConfigured(NO_KEYS)
        return self._fernet


def _fernet(keys: tuple[str, ...]) -> "MultiFernet":
    from cryptography.fernet import Fernet, MultiFernet

    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"contentstats-bot secrets at rest")
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))
