"""Secrets in files, for `bot.settings`: `<NAME>_FILE` names the file that holds the value of `<NAME>`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BeforeValidator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource


@dataclass(frozen=True, slots=True)
class _SecretFile:
    """Value of a `*_FILE` variable before the file is read; `clashes` if the plain variable is set too."""

    variable: str
    path: Path
    clashes: bool


def _read(value: object) -> object:
    """Read a secret from its file; other values pass. Errors never repeat the path: it may be the secret by mistake."""
    if not isinstance(value, _SecretFile):
        return value
    if value.clashes:
        msg = f"{value.variable} and {value.variable}_FILE are both set. Keep one of the two."
        raise ValueError(msg)
    try:
        secret = value.path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it isn't text"
        msg = f"The file in {value.variable}_FILE can't be read: {reason}. Correct the path or the file."
        raise ValueError(msg) from None
    if not secret:
        msg = f"The file in {value.variable}_FILE is empty. Put the secret into it."
        raise ValueError(msg)
    return secret


FROM_FILE = BeforeValidator(_read)
"""Marks a field whose value may also be in the file that `<NAME>_FILE` names."""


class SecretFiles(PydanticBaseSettingsSource):
    """Reads `<NAME>_FILE` for fields marked with `FROM_FILE`."""

    def __init__(self, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._given: dict[str, str | None] = {}
        for source in sources:
            if isinstance(source, EnvSettingsSource):
                self._given |= source.env_vars

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The file named for a field, or None."""
        path = self._given.get(f"{field_name}_file") if FROM_FILE in field.metadata else None
        clashes = bool(self._given.get(field_name))
        return (_SecretFile(field_name.upper(), Path(path), clashes) if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Every field for which a file is named."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: file for name, file in found.items() if file is not None}
