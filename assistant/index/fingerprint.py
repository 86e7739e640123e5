"""What an index is made with: opened with anything else it would find nothing, or the wrong things."""

from dataclasses import asdict, dataclass

_SCHEMA = 2  # raise it when stored rows change their shape


@dataclass(frozen=True, slots=True)
class IndexFingerprint:
    """The models that an index is made with: between two that agree, vectors can be copied as they are."""

    embedder: str
    dimension: int
    splitter: str

    def to_metadata(self) -> dict[str, str | int]:
        """The fingerprint as it is stored beside an index, with the version of the rows' schema."""
        return {**asdict(self), "schema": _SCHEMA}
