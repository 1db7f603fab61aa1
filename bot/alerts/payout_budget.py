"""Payout-budget alert: 50, 80 and 100 % of what a campaign may owe, as one message edited through these stages."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.alerts.changes import TITLE_LENGTH, AlertChanges
from bot.alerts.settings_card import snooze_button
from bot.campaigns.owed import Owed, owed
from bot.domain.alerts import AlertKind, AlertSetting, Stage, Subject, advance
from bot.domain.campaigns import Campaign
from bot.domain.clock import date_text
from bot.domain.money import dollars
from bot.domain.payout import budget_stage
from bot.messages.wording import shortened
from bot.reply.call import Call
from bot.reply.model import Button, Reply, Tone
from bot.store.alerts import StoredAlert
from bot.store.workspaces import Workspace


async def check_budgets(changes: AlertChanges, due: Sequence[StoredAlert]) -> None:
    """Update the alerts about payout budgets. Those `due` for a budget that is gone stay as they are."""
    for each in due:
        changes.put(replace(each, due_at=None))
    known: dict[int, Owed | None] = {}
    for setting, workspace in changes.channels:
        for campaign in await _campaigns(changes, setting, workspace):
            if campaign.id not in known:
                known[campaign.id] = await owed(changes.store, workspace, campaign, changes.now)
            found = known[campaign.id]
            if found is not None:
                await _check(changes, setting, found)


async def _campaigns(changes: AlertChanges, setting: AlertSetting, workspace: Workspace) -> tuple[Campaign, ...]:
    """Campaigns whose budgets a channel gets: all if it chose payouts, else its own along with low balances."""
    store = changes.store.campaigns
    if setting.wants(AlertKind.PAYOUTS):
        with_budget = await changes.store.payouts.with_budget(workspace.id)
        every = await store.all(workspace.id) if with_budget else ()
        return tuple(each for each in every if setting.campaign_id in {None, each.id} and each.id in with_budget)
    if not setting.wants(AlertKind.BALANCE):
        return ()
    own = (await changes.store.channels.find(workspace.id, setting.channel_id)).campaign
    return () if own is None else (own,)


async def _check(changes: AlertChanges, setting: AlertSetting, found: Owed) -> None:
    subject, budget = Subject(AlertKind.PAYOUTS, str(found.campaign.id)), found.terms.terms.budget
    await changes.load([(setting.id, subject)])
    stored = changes.get(setting.id, subject)
    before = stored.alert
    if before.stage is not Stage.CLEAR and (budget is None or budget > Decimal(stored.detail.get("budget", "0"))):
        stage = Stage.CLEAR  # the next check reopens it if the raised budget is nearly used up too
    else:
        stage = Stage.CLEAR if budget is None else budget_stage(before.stage, found.total, budget)
    silence, until = setting.silence(changes.now, stored.snoozed_until)
    alert, acts = advance(before, stage, silence, f"payout.budget:{setting.id}:{found.campaign.id}")
    if alert != before:
        card = payout_budget(setting.id, found, stage, shows_money=setting.shows_money)
        changes.perform(setting, alert, acts, card, replace(card, actions=card.actions[:1]))
    due_at = until if alert.is_pending else None
    detail = {} if stage is Stage.CLEAR else {"budget": str(budget)}
    if stored.alert != alert or stored.detail != detail or stored.due_at != due_at:
        changes.put(replace(stored, alert=alert, detail=detail, due_at=due_at))


def payout_budget(setting_id: int, found: Owed, stage: Stage, *, shows_money: bool = True) -> Reply:
    """The one message about a campaign's payout budget, at any stage; with amounts if the channel may see them."""
    budget, subject = found.terms.terms.budget, Subject(AlertKind.PAYOUTS, str(found.campaign.id))
    card = Button("Payout", Call("payout", {"campaign": str(found.campaign.id)}))
    title = shortened(found.campaign.name, TITLE_LENGTH)
    if budget is None:
        return Reply("The payout budget was removed.", title=title, actions=(card,), tone=Tone.SUCCESS)
    share = f"{found.total * 100 // budget:,}%"
    sums = f"{share} of the {dollars(budget)} payout budget: {dollars(found.total)} owed."
    used = sums if shows_money else f"{share} of the payout budget is owed."
    if stage is Stage.CLEAR:
        return Reply(f"Resolved: {used}", title=title, actions=(card,), tone=Tone.SUCCESS, strong=(share,))
    full = found.full_at
    then = (
        f" At today's pace, it's reached {date_text(full, found.now)}." if full is not None and full > found.now else ""
    )
    return Reply(
        f"{used}{then}",
        title=title,
        strong=(share,),
        actions=(card, snooze_button(setting_id, subject)),
        tone=Tone.PROBLEM if stage is Stage.URGENT else Tone.WARNING,
    )
