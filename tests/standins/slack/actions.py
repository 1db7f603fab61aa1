"""Actions of people at Slack: each sends a payload to the app and records its acknowledgement.

An action that the client would not allow raises ValueError. If the app does not acknowledge correctly, `failures` holds
what the person sees. The returned `Delivery` has the details.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from tests.standins.slack import forms, payloads, replies
from tests.standins.slack.apps import App
from tests.standins.slack.content import Message, View
from tests.standins.slack.delivery import Delivery
from tests.standins.slack.forms import Choice
from tests.standins.slack.people import Channel, User
from tests.standins.slack.posting import put
from tests.standins.slack.refusal import Refusal
from tests.standins.slack.world import World
from tests.standins.watched import Failure

Json: TypeAlias = dict[str, Any]


class Transport(Protocol):
    """A way to an app: HTTP or Socket Mode."""

    def send(self, delivery: Delivery) -> Awaitable[None]:
        """Send a payload, or the same one again, and record its acknowledgement."""


class Actions(World):
    """Users are named by id. With a single app there is no need to name it."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.posts: Transport
        self.sockets: Transport
        self._offered: dict[tuple[str, str], list[Json]] = {}

    def say(self, user: str, channel: str, text: str) -> Message:
        """A message that a person writes."""
        return put(self, self.channels[channel], user, {"text": text}, via="person")

    async def send_command(
        self, name: str, text: str = "", *, user: str, channel: str, app: App | None = None
    ) -> Delivery:
        """Run a slash command; `name` has its slash. The text arrives unchanged."""
        app, who, where = self._app(app), self.users[user], self._entered(user, channel)
        payload = payloads.command(self, app, who, where, name, text)
        payload["response_url"] = replies.issue(self, app, where, who)
        payload["trigger_id"] = self.new_trigger(app, who)
        delivery = Delivery(app=app, kind="slash_commands", payload=payload, user=user)
        return await self._deliver(delivery, name, lambda: replies.command_ack(delivery))

    async def send_action(self, place: Message | View, name: str, *, user: str, choice: Choice = None) -> Delivery:
        """Press a button or choose from a menu of a message or the Home tab.

        `name` is an action_id or a label; `choice` is an option's value or label.
        """
        who = self._seen(place, user)
        block, element = forms.find(place.blocks, name)
        offered = self._offered.get((block["block_id"], element["action_id"]), ())
        chosen = {} if element["type"] == "button" else forms.entry(element, choice, offered)
        values = forms.state(place.blocks, {(block["block_id"], element["action_id"]): choice}, self._offered)
        payload = self._interaction(place, who, "block_actions", values)
        payload["actions"] = [payloads.action(block, element, chosen, self.new_ts())]
        payload["trigger_id"] = self.new_trigger(self._of(place), who)
        if isinstance(place, Message):
            payload["state"] = {"values": values}
            payload["response_url"] = self._response_url(place, who)
        return await self._deliver(self._to(place, payload, user), name)

    async def send_view_submission(self, view: View, answers: Mapping[str, Choice] | None = None) -> Delivery:
        """Submit a form; answers are by label, block_id or action_id."""
        who = self._seen(view, view.user)
        values = forms.filled(view.blocks, answers or {}, self._offered)
        payload = self._interaction(view, who, "view_submission", values)
        del payload["container"]
        payload |= {"trigger_id": self.new_trigger(self._of(view), who), "response_urls": []}
        delivery = self._to(view, payload, view.user)
        view.errors = {}
        return await self._deliver(delivery, "submit", lambda: replies.submission_ack(delivery, view))

    async def send_options_request(self, place: View, name: str, typed: str, *, user: str) -> Delivery:
        """Type into an external select; the app's suggestions are in the delivery's `options` and can be chosen."""
        who = self._seen(place, user)
        block, element = forms.find(place.blocks, name)
        if element["type"] not in ("external_select", "multi_external_select"):
            raise ValueError(f"{name!r} has no options to load")
        if len(typed) < element.get("min_query_length", 3):
            raise ValueError(f"{typed!r} is too short to be asked about")
        payload = self._interaction(place, who, "block_suggestion", {})
        payload |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": typed}
        delivery = self._to(place, payload, user)

        def keep() -> None:
            delivery.options = replies.options_ack(delivery)
            self._offered[block["block_id"], element["action_id"]] = delivery.options

        return await self._deliver(delivery, name, keep)

    async def send_shortcut(self, callback_id: str, *, user: str, app: App | None = None) -> Delivery:
        """Run a global shortcut, which has neither a channel nor a response_url."""
        app, who = self._app(app), self.users[user]
        payload = payloads.interaction(self, app, who, "shortcut")
        payload |= {"callback_id": callback_id, "trigger_id": self.new_trigger(app, who), "action_ts": self.new_ts()}
        return await self._deliver(Delivery(app=app, kind="interactive", payload=payload, user=user), callback_id)

    async def send_message_shortcut(
        self, callback_id: str, message: Message, *, user: str, app: App | None = None
    ) -> Delivery:
        """Run a shortcut from a message's menu."""
        app, who = self._app(app), self._seen(message, user)
        channel = self.channels[message.channel_id]
        payload = payloads.interaction(self, app, who, "message_action")
        payload |= {
            "callback_id": callback_id,
            "trigger_id": self.new_trigger(app, who),
            "action_ts": self.new_ts(),
            "message_ts": message.ts,
            "message": message.as_json(),
            "channel": payloads.place_of(channel),
            "response_url": replies.issue(self, app, channel, who),
        }
        return await self._deliver(Delivery(app=app, kind="interactive", payload=payload, user=user), callback_id)

    async def deliver(self, delivery: Delivery) -> Delivery:
        """Send any payload to the app, without applying its acknowledgement."""
        await (self.sockets if delivery.app.is_socket_mode else self.posts).send(delivery)
        return delivery

    async def _deliver(self, delivery: Delivery, what: str, then: Callable[[], None] | None = None) -> Delivery:
        await self.deliver(delivery)
        if not delivery.failure and then is not None:
            try:
                then()
            except Refusal as refusal:
                delivery.failure = f"bad_answer: {refusal.error} {' '.join(refusal.messages)}".strip()
        if delivery.failure:
            self.failures.append(Failure(delivery.user, what, delivery.failure))
        self.touch()
        return delivery

    def _app(self, app: App | None) -> App:
        if app is None and len(self.apps) != 1:
            raise ValueError("there is not exactly one app: name it")
        return app or next(iter(self.apps.values()))

    def _of(self, place: Message | View) -> App:
        if place.app_id is None:
            raise ValueError("no app put this here")
        return self.apps[place.app_id]

    def _to(self, place: Message | View, payload: Json, user: str) -> Delivery:
        return Delivery(app=self._of(place), kind="interactive", payload=payload, user=user)

    def _interaction(self, place: Message | View, user: User, kind: str, values: Json) -> Json:
        payload = payloads.interaction(self, self._of(place), user, kind)
        where = payloads.in_view(place, values) if isinstance(place, View) else payloads.in_message(self, place)
        return {**payload, **where}

    def _response_url(self, message: Message, user: User) -> str:
        return replies.issue(self, self._of(message), self.channels[message.channel_id], user, message)

    def _entered(self, user: str, channel: str) -> Channel:
        where = self.channels[channel]
        if where.kind != "public" and user not in where.members:
            raise ValueError(f"{user} is not in {channel}")
        return where

    def _seen(self, place: Message | View, user: str) -> User:
        """The user; raises ValueError if they can't see the message or view."""
        if isinstance(place, View):
            if place.user != user or not place.is_open:
                raise ValueError(f"{user} does not have this view open")
        elif place.is_deleted or place.only_for not in (None, user):
            raise ValueError(f"{user} does not see this message")
        else:
            self._entered(user, place.channel_id)
        return self.users[user]
