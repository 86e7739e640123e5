"""The error tree. Every message says what happened, to what, and what to do.

AssistantError
├── SettingsError          a setting is unknown, malformed or not available in this version
├── QuestionError          a question that cannot be asked: empty, too long
├── ReadingError           a file that cannot be read; its reason fits one line
├── DocumentNotFoundError  no document with this id
├── PathNotFoundError      a path given to index that does not exist
├── ClusterError           a Ray cluster cannot be reached or used, or was lost
├── WeightsError           a bundled model file is missing or damaged
├── EmbeddingError         the configured embedder failed or answered nonsense
├── ModelError             the language model cannot be reached, loaded, or answered nonsense
│   └── StoppedError       nobody waits for its answer any more
├── PullError              a local model cannot be fetched or kept, or is not the right file
├── PromptError            a prompt's file is missing or malformed, or has other variables than are filled
├── RecordError            a saved answer cannot be read
├── ArchiveError           an archive of an index cannot be written, or is not as it should be
├── StoreError             the index cannot be opened, read or written
│   ├── LockedError        another process holds the index
│   └── MismatchError      the index was made with another embedder or splitter
├── AccessError            somebody isn't let in, or may not do this
│   ├── LoginError         the name, password or token is wrong or missing
│   └── UsersError         the users can't be read, added or removed
├── LimitError             too many requests, or too much at once
│   ├── BusyError          as many answers as may be are being made
│   └── SizeError          a request, a file or a number of files that is too large
├── CasesError             an evaluation case or data set is malformed; names file, place and field
└── ResourceError          a data folder (corpus, prompts, evals) is not where it should be
"""


class AssistantError(Exception):
    """Whatever this package raises on purpose; its text is meant for a person."""

    @classmethod
    def type_name(cls) -> str:
        """The name of the class for programs, as errors have it over HTTP: ``document_not_found``."""
        name = cls.__name__.removesuffix("Error")
        return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def class_named(type_name: str) -> type[AssistantError]:
    """The class of errors with this `AssistantError.type_name`; `AssistantError` itself where there is none."""
    classes = [AssistantError]
    for known in classes:
        classes += known.__subclasses__()
    return next((known for known in classes if known.type_name() == type_name), AssistantError)


class SettingsError(AssistantError):
    """A setting is unknown, malformed or not available in this version."""


class QuestionError(AssistantError):
    """A question that cannot be asked: empty, or too long."""


class ReadingError(AssistantError):
    """A file that cannot be read; the text is its reason, one line, without the file's name."""


class DocumentNotFoundError(AssistantError):
    """No document with this id is indexed."""


class PathNotFoundError(AssistantError):
    """A path given to ``index`` does not exist."""


class ClusterError(AssistantError):
    """A Ray cluster cannot be reached or used, or was lost; the text names its address."""


class WeightsError(AssistantError):
    """A bundled model file is missing or damaged."""


class EmbeddingError(AssistantError):
    """The configured embedder failed, or answered nonsense."""


class ModelError(AssistantError):
    """The language model cannot be reached or loaded, or answered nonsense; the text names it."""


class StoppedError(ModelError):
    """An answer was stopped: whoever asked wished it, or has gone."""


class PullError(AssistantError):
    """A local model cannot be fetched or kept, or is not the right file."""


class PromptError(AssistantError):
    """A prompt's file is missing or malformed, or has other variables than are filled."""


class RecordError(AssistantError):
    """A saved answer cannot be read."""


class ArchiveError(AssistantError):
    """An archive of an index cannot be written, or is not as it should be; the text names it."""


class StoreError(AssistantError):
    """The index cannot be opened, read or written."""


class LockedError(StoreError):
    """Another process holds the index; the text names it."""


class MismatchError(StoreError):
    """The index was made with another embedding model, dimension or splitter."""


class AccessError(AssistantError):
    """Somebody isn't let in, or may not do this; or the server would let in everybody."""


class LoginError(AccessError):
    """The name, password or token is wrong or missing."""


class UsersError(AccessError):
    """The file of users can't be read, or a user can't be added or removed."""


class LimitError(AssistantError):
    """Too many requests, or too much at once; the text says what to do."""

    def __init__(self, text: str, wait: int = 1) -> None:
        super().__init__(text)
        self.wait = wait  # seconds after which it may be tried again; 0: trying again won't help


class BusyError(LimitError):
    """As many answers as may be are being made."""


class SizeError(LimitError):
    """A request, a file or a number of files that is too large."""


class CasesError(AssistantError):
    """An evaluation case or data set is malformed; the text names file, place and field."""


class ResourceError(AssistantError):
    """A data folder (corpus, prompts, evals) is not where it should be."""
