"""The card of one campaign."""

from bot.domain.campaigns import Campaign
from bot.messages.campaign import campaign_value
from bot.messages.wording import plural
from bot.reply.call import Call
from bot.reply.model import Button, Reply


def campaign_card(campaign: Campaign, links: int, *, is_own: bool) -> Reply:
    """How many videos a campaign has, and what to do next."""
    named = {"campaign": campaign_value(campaign)}
    own = " This channel's campaign." if is_own else ""
    archived = " Archived." if campaign.archived_at is not None else ""
    return Reply(
        f"{plural(links, 'video')}.{archived}{own}",
        title=campaign.name,
        actions=(
            Button("Add videos", Call("campaign", {"action": "add", **named})),
            Button("Refresh", Call("campaign", named, in_place=True)),
        ),
    )
