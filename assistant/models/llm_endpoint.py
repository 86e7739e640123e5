"""Opens the language model of the settings: an endpoint, llama.cpp in this process, or an LLM that the caller gave.

Endpoints and llama.cpp are spoken to through the OpenAI protocol. Nothing is contacted before the first question.
"""

from typing import TYPE_CHECKING

from assistant.addresses import split_login
from assistant.errors import SettingsError
from assistant.models import llama_cpp, llm_tracing
from assistant.models.deadlines import make_cuttable
from assistant.models.llm import LanguageModel
from assistant.proxies import check_proxies
from assistant.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_LOCAL_PATIENCE = 10  # times both timeouts for a model on this machine: it is there, and may have much to read
_MAX_RETRIES = 2  # on 429, 5xx and lost connections, with growing pauses; by the openai client


def open_language_model(settings: Settings, llm: "LLM | None" = None) -> LanguageModel:
    """The language model that was given or set; contacts nothing yet, but starts a local one.

    Raises:
        SettingsError: none is set, or neither key nor address; or the environment names a proxy that can't be used.
        ModelError: a local one isn't there or can't be loaded.
    """
    llm_tracing.trace_llamaindex_events()
    if llm is not None:
        name = llm.metadata.model_name
        kind = type(llm).__name__
        name = kind if name == "unknown" else name
        location = f"given as a LlamaIndex {kind}"
        return LanguageModel(llm, name, location, is_endpoint=False, answer_seconds=settings.answer_seconds)
    if settings.model is None:
        raise SettingsError(
            "llm mode needs a model. Set ASSISTANT_MODEL to one that your endpoint has, or to local for one on this "
            "machine; or answer in quotes mode."
        )
    if settings.model == "local" or settings.model.startswith("local:"):
        path = llama_cpp.local_model_path(settings.model, settings.cache)
        server = llama_cpp.start_server(path, settings.threads)
        return _open_endpoint(settings, server.path.stem, server.address, server.key, is_local=True)
    key, address = settings.openai_api_key, settings.openai_base_url
    if key is None and address is None:
        raise SettingsError(
            f"The model '{settings.model}' needs an endpoint. Set OPENAI_BASE_URL or OPENAI_API_KEY, or set "
            "ASSISTANT_MODEL=local."
        )
    check_proxies()
    secret = key.get_secret_value() if key else "none"  # a local server asks for no key, the client does
    return _open_endpoint(settings, settings.model, address or "https://api.openai.com/v1", secret)


def _open_endpoint(
    settings: Settings, name: str, address: str, secret: str, *, is_local: bool = False
) -> LanguageModel:
    from httpx import Client
    from llama_index.llms.openai_like import OpenAILike  # type: ignore[import-untyped]  # it ships no types
    from openai import OpenAI

    base_url, login = split_login(address, "OPENAI_BASE_URL")
    patience = _LOCAL_PATIENCE if is_local else 1
    # no proxy stands between this process and its own model
    http_client = Client(auth=login, follow_redirects=True, trust_env=not is_local)
    client = OpenAI(
        api_key=secret,
        base_url=base_url,
        timeout=settings.timeout * patience,
        max_retries=_MAX_RETRIES,
        http_client=make_cuttable(http_client),
    )
    llm = OpenAILike(
        model=name,
        api_base=base_url,
        api_key=secret,
        is_chat_model=True,
        context_window=llama_cpp.CONTEXT_TOKENS,
        temperature=0.0,
        max_retries=0,  # the client tries again; LlamaIndex around it would multiply that
        openai_client=client,
    )
    location = "on this machine" if is_local else f"at {base_url.partition('?')[0]}"
    return LanguageModel(llm, name, location, secret, answer_seconds=settings.answer_seconds * patience)
