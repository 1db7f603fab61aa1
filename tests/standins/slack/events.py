"""Events that Slack sends to an app, their redelivery, and the checks of a request URL."""

import dataclasses
import secrets
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

from tests.standins.slack import oauth, payloads
from tests.standins.slack.actions import Actions
from tests.standins.slack.apps import App
from tests.standins.slack.content import Message
from tests.standins.slack.delivery import Delivery
from tests.standins.slack.people import Enterprise, Team

Json: TypeAlias = dict[str, Any]
Removal: TypeAlias = Literal["app_uninstalled", "tokens_revoked"]


class Events(Actions):
    """People don't see failed events: only the `Delivery` has the failure, not `failures`."""

    async def send_event(self, event: Json, team: Team, app: App | None = None) -> Delivery:
        """Send any event in the envelope of the Events API."""
        app = self._app(app)
        payload = payloads.event_callback(self, app, team, event, self.new_id("Ev"))
        return await self.deliver(Delivery(app=app, kind="events_api", payload=payload))

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """Send an event again with its retry count, as Slack does at once, after a minute and after five."""
        again = Delivery(app=delivery.app, kind="events_api", payload=delivery.payload)
        again.retry_num = delivery.retry_num + 1
        again.retry_reason = delivery.failure or "timeout"
        return await self.deliver(again)

    async def replay(self, delivery: Delivery) -> Delivery:
        """Send the exact same request or envelope again, whatever happened to the first."""
        return await self.deliver(dataclasses.replace(delivery, status=None, ack=None, failure="", options=[]))

    async def open_home(self, user: str, app: App | None = None) -> Delivery:
        """A person opens the app's Home tab."""
        app, who = self._app(app), self.users[user]
        tokens = self.bot_tokens(app, who.team) or self.bot_tokens(app, who.team.enterprise or who.team)
        event: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": self.conversation(tokens[0], who).id,
            "tab": "home",
            "event_ts": self.new_ts(),
        }
        shown = self.home(user)
        return await self.send_event({**event, "view": shown.as_json()} if shown else event, who.team, app)

    async def write(self, user: str, text: str, channel: str = "", app: App | None = None, **facts: object) -> Delivery:
        """A person writes to the app: a direct message, or a mention in a channel."""
        app, who = self._app(app), self.users[user]
        token = self.bot_tokens(app, who.team)[0]
        event: Json = {
            "type": "app_mention" if channel else "message",
            "user": user,
            "text": f"<@{token.bot_user}> {text}" if channel else text,
            "channel": channel or self.conversation(token, who).id,
            "ts": self.new_ts(),
            **({} if channel else {"channel_type": "im"}),
            **facts,
        }
        return await self.send_event(event, who.team, app)

    async def share_link(
        self, message: Message, url: str, app: App | None = None, *, is_written: bool = False
    ) -> Delivery:
        """A message contains a link of the app's domains; with `is_written` it is still in the composer."""
        draft = {"channel": "COMPOSER", "message_ts": f"{message.user}-909b5454", "source": "composer"}
        posted = {"channel": message.channel_id, "message_ts": message.ts, "source": "conversations_history"}
        event = {
            "type": "link_shared",
            "user": message.user,
            "unfurl_id": f"{message.channel_id}-{message.ts}",
            **(draft if is_written else posted),
            "links": [{"domain": urlsplit(url).hostname, "url": url}],
            "event_ts": self.new_ts(),
        }
        return await self.send_event(event, self.teams[message.team_id], app)

    async def uninstall(
        self, team: Team, app: App | None = None, order: tuple[Removal, ...] = ("tokens_revoked", "app_uninstalled")
    ) -> list[Delivery]:
        """A person removes the app from a workspace; Slack doesn't guarantee the order of the two events."""
        app = self._app(app)
        place: Team | Enterprise = team
        if team.enterprise and not self.bot_tokens(app, team):
            place = team.enterprise
        bots = [token.bot_user for token in self.bot_tokens(app, place)]
        # The payload describes the installation, so it is built before that is removed.
        events: dict[Removal, Json] = {
            "tokens_revoked": {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": bots}},
            "app_uninstalled": {"type": "app_uninstalled"},
        }
        made = [payloads.event_callback(self, app, team, events[name], self.new_id("Ev")) for name in order]
        oauth.remove(self, app, place)
        return [await self.deliver(Delivery(app=app, kind="events_api", payload=payload)) for payload in made]

    async def send_url_verification(self, app: App | None = None) -> Delivery:
        """Slack's check that a request URL is the app's own; a wrong response is a `bad_answer`."""
        challenge = secrets.token_hex(16)
        payload = {"token": payloads.TOKEN, "challenge": challenge, "type": "url_verification"}
        delivery = await self.deliver(Delivery(app=self._app(app), kind="url_verification", payload=payload))
        answers = ({"challenge": challenge}, {"text": challenge})
        if not delivery.failure and delivery.ack not in answers:
            delivery.failure = "bad_answer"
        return delivery
