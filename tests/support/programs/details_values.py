"""Values of pyVmomi as details-v1 has them."""

from datetime import timezone

from reference_ledger import decoded

MIB = 1 << 20


def object_of(fields):
    """What is not there is absent: null, an empty text, list or object. False and 0 are there."""
    if isinstance(fields, dict):
        inside = {name: object_of(value) for name, value in fields.items()}
        return {name: value for name, value in inside.items() if value not in (None, "", [], {})}
    if isinstance(fields, list):
        return [object_of(value) for value in fields]
    # An enumeration of pyVmomi is a text.
    return str(fields) if isinstance(fields, str) else fields


def time(value):
    """RFC 3339 in UTC, with the fraction of a second that there is.

    The beginning of 1970 stands for a time that the server does not know.
    """
    if value is None or value.timestamp() == 0:
        return None
    value = value.astimezone(timezone.utc)
    fraction = f".{value.microsecond:06}".rstrip("0") if value.microsecond else ""
    return f"{value:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def moid(obj):
    return obj and obj._GetMoId()


def name(text):
    return None if text is None else decoded(text)


def allocation(info, unit, factor, expandable=False):
    """The share of CPU or memory; a limit of -1 is none."""
    if info is None:
        return None
    limited = info.limit is not None and info.limit >= 0
    return {
        f"reservation_{unit}": None if info.reservation is None else info.reservation * factor,
        f"limit_{unit}": info.limit * factor if limited else None,
        "shares": info.shares and info.shares.shares,
        "shares_level": info.shares and info.shares.level,
        **({"expandable": info.expandableReservation} if expandable else {}),
    }


def custom_attributes(values, names):
    """By name; the value of an attribute that is defined nowhere is left out."""
    return {names[one.key]: one.value for one in values or [] if one.key in names}


def device_label(device):
    return device.deviceInfo and device.deviceInfo.label
