"""Days and moments as people read them, the same on every machine whatever its locale: `Fri 4 Dec, 22:27 UTC`."""

from datetime import UTC, date, datetime, tzinfo

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_text(day: date) -> str:
    """A day without its year, short enough for an axis: `4 Dec`."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def date_text(day: date, today: date | None = None) -> str:
    """A day with its weekday: `Fri 4 Dec`. The year is added if `today` is given and lies in another one."""
    year = "" if today is None or today.year == day.year else f" {day.year}"
    return f"{_DAYS[day.weekday()]} {day_text(day)}{year}"


def moment_text(at: datetime, now: datetime | None = None, zone: tzinfo = UTC) -> str:
    """A moment to the minute with its zone: `Fri 4 Dec, 22:27 UTC`, `Fri 4 Dec, 23:27 Europe/Berlin`.

    The year is added if `now` is given and lies in another one.
    """
    local = at.astimezone(zone)
    return f"{date_text(local, now and now.astimezone(zone))}, {local:%H:%M} {zone}"
