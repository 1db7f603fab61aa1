"""The home page, for chats that have one: nobody types it."""

from dataclasses import dataclass

from bot.commands.context import Context
from bot.commands.digest import setting
from bot.commands.videos import counted
from bot.digests.settings_card import in_a_line
from bot.domain.caller import Permission
from bot.domain.money import runway
from bot.domain.videos import VideoStatus
from bot.messages.home import HomeFacts, home
from bot.reply.model import Reply
from bot.store.videos import Sort

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Home:
    """Nothing."""


async def show_home(context: Context, args: Home) -> Reply:  # noqa: ARG001 - every handler takes its arguments
    """Wallet, running videos and settings, from the mirror: no video's page is read for it."""
    money = await context.wallet.mirror.usage()
    swept = await context.wallet.sweep()
    owed, open_ended, _ = await context.wallet.promises()
    now = context.clock()
    page = context.store.videos.page
    rows, total = await page(context.workspace, None, VideoStatus.MONITORING, Sort.CHANGE_24H, 0, SHOWN)
    digests = [setting(each) for each in await context.store.digests.of_workspace(context.workspace.id)]
    return home(
        HomeFacts(
            usage=money.value,
            runway=runway(money.value.available, money.value.cost_per_snapshot, owed, now),
            videos=tuple(counted(each) for each in rows),
            running=total,
            ending=len(owed),
            open_ended=open_ended,
            complete=swept.value,
            spenders=context.spenders,
            monthly_cap=await context.cap(),
            previews=context.workspace.previews if context.caller.workspace.can_preview else None,
            digests=tuple(in_a_line(each) for each in digests if each.is_on),
            may_configure=Permission.CONFIGURE in context.permissions,
            alerts=await context.store.alerts.on_count(context.workspace.id),
            is_test=context.wallet.is_test,
            as_of=money.as_of,
            problem=money.problem or swept.problem,
            now=now,
        )
    )
