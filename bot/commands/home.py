"""The home page of chats that have one; it can't be typed."""

from bot.commands.command import NoArguments
from bot.commands.context import Context
from bot.commands.digest import setting
from bot.commands.videos import counted
from bot.digests.settings_card import in_a_line
from bot.domain.allowances import tightest
from bot.domain.videos import VideoStatus
from bot.messages.home import HomeFacts, home
from bot.reply.model import Reply
from bot.store.videos import Filters, Sort
from bot.wallet.wallet import live_state

SHOWN = 10


async def show_home(context: Context, args: NoArguments) -> Reply:  # noqa: ARG001 - every handler takes its arguments
    """Show wallet, running videos and settings from the mirror, without reading any video's page."""
    now = context.clock()
    wallet, _ = await live_state(context.wallet)
    page = context.store.videos.page
    rows, total = await page(context.workspace, Filters(status=VideoStatus.MONITORING), Sort.CHANGE_24H, 0, SHOWN)
    digests = [setting(each) for each in await context.store.digests.of_workspace(context.workspace.id)]
    return home(
        HomeFacts(
            wallet=wallet,
            sees_money=context.sees_money,
            videos=tuple(counted(each) for each in rows),
            running=total,
            spenders=context.spenders,
            limit=tightest(await context.limits()),
            previews=context.workspace.previews if context.caller.workspace.can_preview else None,
            digests=tuple(in_a_line(each) for each in digests if each.is_on),
            may_configure=context.may_configure,
            alerts=await context.store.alerts.on_count(context.workspace.id),
            now=now,
        )
    )
