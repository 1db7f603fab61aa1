"""Gathers a wallet's state: live through its mirror, or stored without a call of the API."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.videos import Video
from bot.domain.wallet_state import WalletState, wallet_state
from bot.store import Store
from bot.store.videos import StoredVideo
from bot.wallet.wallet import Wallet


async def live_state(wallet: Wallet, now: datetime) -> tuple[WalletState, tuple[StoredVideo, ...]]:
    """The state as fresh as the mirror keeps it, with the running videos of all the wallet's workspaces."""
    money = await wallet.mirror.usage()
    swept = await wallet.sweep()
    running = await wallet.store.videos.running(wallet.id)
    state = wallet_state(
        money.value,
        _seen(running),
        now,
        complete=swept.value,
        is_test=wallet.is_test,
        as_of=money.as_of,
        problem=money.problem or swept.problem,
    )
    return state, running


async def stored_state(store: Store, wallet_id: int) -> WalletState | None:
    """The state as last stored, reckoned from that time; None until the API has stated the money and the videos."""
    known, swept = await store.wallets.usage(wallet_id), await store.wallets.swept(wallet_id)
    if known is None or swept is None:
        return None
    usage, as_of = known
    running = await store.videos.running(wallet_id)
    is_test = await store.wallets.is_test(wallet_id)
    return wallet_state(usage, _seen(running), as_of, complete=swept.complete, is_test=is_test, as_of=as_of)


def _seen(running: Sequence[StoredVideo]) -> list[tuple[Video, datetime]]:
    return [(each.video, each.seen_at) for each in running]
