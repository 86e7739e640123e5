"""Makes ``.msg`` files as Outlook saves them: properties in the streams of a compound file."""

import struct
from collections.abc import Mapping, Sequence
from typing import Any

_SECTOR, _MINI_SECTOR, _MINI_LIMIT = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
Tree = Mapping[str, "bytes | Tree"]


def outlook_mail(
    text: Mapping[int, str],
    *,
    html: bytes = b"",
    rich_text: bytes = b"",
    recipients: Sequence[tuple[int, str, str]] = (),
    attachments: Sequence[Mapping[Any, Any]] = (),
    header_size: int = 32,
) -> dict[str, "bytes | Tree"]:
    """The tree of a mail.

    Args:
        text: its properties that are text, by their number.
        html: its HTML.
        rich_text: its Rich Text, packed as Outlook packs it.
        recipients: for each what it is (1 to, 2 copy, 3 blind copy), a name and an address.
        attachments: for each its properties, or the tree of a mail.
        header_size: of its stream of properties; 24 in an attached mail.
    """
    binary = {number: data for number, data in ((0x1013, html), (0x1009, rich_text)) if data}
    properties: dict[int, str | bytes] = {**text, **binary}
    tree = _properties(properties, header_size)
    for number, (kind, name, address) in enumerate(recipients):
        part = _properties({0x3001: name, 0x3003: address}, 8, {0x0C15: kind})
        tree[f"__recip_version1.0_#{number:08X}"] = part
    for number, attachment in enumerate(attachments):
        if all(isinstance(key, int) for key in attachment):
            part = _properties(attachment, 8)
        else:
            part = {**_properties({}, 8, {0x3705: 5}), "__substg1.0_3701000D": attachment}
        tree[f"__attach_version1.0_#{number:08X}"] = part
    return tree


def _properties(
    values: Mapping[int, str | bytes], header_size: int, numbers: Mapping[int, int] | None = None
) -> dict[str, "bytes | Tree"]:
    """The streams of some properties, and the one that lists them."""
    streams: dict[str, bytes | Tree] = {}
    listed = bytes(header_size)
    for number, value in values.items():
        kind, data = (0x001F, value.encode("utf-16-le")) if isinstance(value, str) else (0x0102, value)
        streams[f"__substg1.0_{number:04X}{kind:04X}"] = data
        listed += struct.pack("<HHIQ", kind, number, 6, len(data))
    for number, whole in (numbers or {}).items():
        listed += struct.pack("<HHIQ", 0x0003, number, 6, whole)
    return {**streams, "__properties_version1.0": listed}


def compound_file(tree: Tree) -> bytes:
    """A compound file of streams and storages (MS-CFB)."""
    entries: list[tuple[str, int, bytes, int, int]] = []  # name, kind, content, child, next

    def add(nodes: Tree) -> int:
        following = _FREE
        for name, node in reversed(list(nodes.items())):
            child = _FREE if isinstance(node, bytes) else add(node)
            entries.append(
                (name, 2 if isinstance(node, bytes) else 1, node if isinstance(node, bytes) else b"", child, following)
            )
            following = len(entries)  # the root comes before all
        return following

    first = add(tree)
    minis, sectors = b"", list[bytes]()
    fat, mini_fat = list[int](), list[int]()

    def chain(table: list[int], count: int) -> int:
        start = len(table)
        table += [*range(start + 1, start + count), _END] if count else []
        return start if count else _END

    def store(data: bytes) -> int:
        count = -(-len(data) // _SECTOR)
        sectors.append(data.ljust(count * _SECTOR, b"\0"))
        return chain(fat, count)

    starts: list[int] = []
    for _, kind, content, _, _ in entries:
        if kind == 1 or not content:
            starts.append(_END)
        elif len(content) < _MINI_LIMIT:
            starts.append(chain(mini_fat, -(-len(content) // _MINI_SECTOR)))
            minis += content.ljust(-(-len(content) // _MINI_SECTOR) * _MINI_SECTOR, b"\0")
        else:
            starts.append(store(content))
    mini_start = store(minis)
    directory = _entry("Root Entry", 5, (first, _FREE), mini_start, len(minis))
    for (name, kind, content, child, following), start in zip(entries, starts, strict=True):
        directory += _entry(name, kind, (child, following), start, len(content))
    directory += _entry("", 0, (_FREE, _FREE), 0, 0) * (-(len(directory) // 128) % 4)
    directory_start = store(directory)
    mini_fat_bytes = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    mini_fat_count = -(-len(mini_fat_bytes) // _SECTOR)
    mini_fat_start = store(mini_fat_bytes.ljust(mini_fat_count * _SECTOR, b"\xff"))
    fat_count = next(count for count in range(1, 109) if (len(fat) + count) * 4 <= count * _SECTOR)
    fat_start = len(fat)
    fat += [_FAT] * fat_count
    fat += [_FREE] * (fat_count * _SECTOR // 4 - len(fat))
    sectors.append(struct.pack(f"<{len(fat)}I", *fat))
    heads = [*range(fat_start, fat_start + fat_count), *[_FREE] * (109 - fat_count)]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack(
        "<IIIIIIIII", 0, fat_count, directory_start, 0, _MINI_LIMIT, mini_fat_start, mini_fat_count, _END, 0
    )
    return header + struct.pack("<109I", *heads) + b"".join(sectors)


def _entry(name: str, kind: int, links: tuple[int, int], start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le")
    return (
        encoded.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(encoded) + 2 if name else 0, kind, 1, _FREE, links[1], links[0])
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
