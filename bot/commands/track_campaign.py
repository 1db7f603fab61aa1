"""The campaign that /track puts videos into: named, chosen on the card, or the channel's own."""

from collections.abc import Sequence

from bot.commands.context import Context
from bot.domain.campaigns import Campaign
from bot.domain.errors import SpendingRefused
from bot.domain.tracking import TrackRequest
from bot.messages.campaign import Into
from bot.wallet.link_check import CheckedLink


async def campaign_of(context: Context, named: str) -> Campaign | None:
    """The campaign of that name, else the channel's own; SpendingRefused if it is archived."""
    campaign = await context.campaign(named)
    if campaign is not None and campaign.archived_at is not None:
        sentence = f"Campaign {campaign.name} is archived, so nothing can be started in it. Restore it first."
        raise SpendingRefused(sentence)
    return campaign


async def join_running(
    context: Context, found: Sequence[CheckedLink], campaign: Campaign | None, *, is_own: bool
) -> Into | None:
    """Put the videos that run already, and that the workspace sees, into the campaign. Nothing is spent for them."""
    if campaign is None:
        return None
    running = [each.running for each in found if each.running is not None and not each.is_hidden]
    items = tuple((each.key, each.video.link, each.video.platform) for each in running)
    person, channel = context.caller.person, context.caller.channel_id
    joined = await context.store.campaigns.add(
        campaign.workspace_id, campaign.id, items, person, context.clock(), channel
    )
    return Into(campaign, is_own, len(joined))


async def chosen_campaign(context: Context, requests: Sequence[TrackRequest], chosen: int | None) -> Into | None:
    """The campaign that proposed videos go into, after another one was chosen, if one was."""
    store, here = context.store, context.workspace.id
    number = requests[0].campaign_id if chosen is None else chosen
    campaign = await store.campaigns.find(here, number) if number else None
    into = campaign.id if campaign else None
    if into != requests[0].campaign_id and not await store.tracking.choose_campaign(here, requests[0].batch, into):
        raise SpendingRefused("Approval was asked for this offer as it is. Send /track again for another campaign.")
    own = await store.campaigns.of_channel(here, context.caller.channel_id)
    return None if campaign is None else Into(campaign, is_own=campaign == own)
