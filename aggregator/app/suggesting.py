"""Drafts of summaries by a language model, where one is configured: any endpoint that speaks OpenAI's protocol.

Nothing is sent unless the editor asks for it by candidate, and nothing at all without AGGREGATOR_LLM_URL and
AGGREGATOR_LLM_MODEL. What comes back is a draft: the candidate says so until the editor has changed its summary, and its item
counts as untouched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

from aggregator.app.deciding import DRAFTED, candidate_patch
from aggregator.app.workspace import Workspace
from aggregator.config.secretfile import secret
from aggregator.errors import AggregatorError, ConfigError, QueueError, UsageError
from aggregator.model import Candidate, Status
from aggregator.queue import review
from aggregator.store.store import Unit
from aggregator.text import clean, html_to_text, is_cjk, trim
from aggregator.urls import is_http

BUDGET_TOKENS = 20_000
ANSWER_TOKENS = 600
TEXT_CHARS = 6_000
SUMMARY_CHARS = 300
SECONDS = 60.0
TEMPLATE = "prompts/summary.txt.j2"
NOTHING = "NOTHING"
_MISSING = 4
_OPEN = frozenset({Status.PENDING, Status.DEFERRED})


class MissingModelError(ConfigError):
    """No endpoint or no model is configured: exit 4."""

    exit_code = _MISSING
    default_code = "E171"


class ModelError(AggregatorError):
    """The endpoint failed, or answered with nothing that could be used."""

    default_code = "E413"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is asked. `budget_tokens` bounds one run, what is sent and what comes back together."""

    url: str
    model: str
    key: str
    budget_tokens: int


@dataclass(frozen=True, slots=True)
class Drafted:
    """What came of one candidate: `summary` "" where the text did not say enough, `error` where it could not be done."""

    candidate: int
    summary: str = ""
    tokens: int = 0
    error: AggregatorError | None = None


def endpoint(environ: Mapping[str, str]) -> Endpoint:
    """The endpoint that the environment names. Raises MissingModelError (E171) for none, ConfigError for what cannot be one."""
    url, model = environ.get("AGGREGATOR_LLM_URL", "").strip(), environ.get("AGGREGATOR_LLM_MODEL", "").strip()
    if not url or not model:
        raise MissingModelError(
            "no language model is configured",
            why="nothing is sent to anybody unless you say where to",
            fix="set AGGREGATOR_LLM_URL (such as http://localhost:11434/v1), AGGREGATOR_LLM_MODEL, and AGGREGATOR_LLM_KEY if it"
            " wants one",
        )
    if not is_http(url):
        raise ConfigError("AGGREGATOR_LLM_URL is no address", fix="write it like http://localhost:11434/v1", code="E171")
    budget = environ.get("AGGREGATOR_LLM_TOKENS", "").strip() or str(BUDGET_TOKENS)
    if not budget.isdigit() or not 0 < int(budget[:10]) <= 10_000_000:
        raise ConfigError("AGGREGATOR_LLM_TOKENS is no number of tokens", fix=f"write it like {BUDGET_TOKENS}", code="E171")
    if find_spec("openai") is None:
        raise UsageError(
            "drafts need the extra `llm`", why="the client is not installed", fix="pip install 'aggregator[llm]'", code="E712"
        )
    key = secret(environ, "AGGREGATOR_LLM_KEY")
    return Endpoint(url, model, key[0] if key else "none", int(budget))


def draft(workspace: Workspace, where: Endpoint, ids: Sequence[int], now: datetime) -> list[Drafted]:
    """Draft the summaries of these candidates, one after the other, until the budget is spent; what came of each. A candidate
    whose summary the editor wrote is left alone. Raises QueueError for one that does not exist."""
    with workspace.store.read() as unit:
        chosen = [(unit.candidates.get(one), _text(unit, one)) for one in ids]
        written = {one for one in ids if _written_by_hand(unit, one)}
    done: list[Drafted] = []
    left = where.budget_tokens
    for candidate, text in chosen:
        found = _draft(workspace, where, candidate, text, left, by_hand=candidate.id in written)
        if found.summary:
            _keep(workspace, candidate.id, found.summary, where.model, now)
        left -= found.tokens
        done.append(found)
    return done


def _draft(workspace: Workspace, where: Endpoint, candidate: Candidate, text: str, left: int, *, by_hand: bool) -> Drafted:
    problem = ""
    if candidate.status not in _OPEN or candidate.merged_into is not None:
        problem = f"it is {candidate.status.value}"
    elif by_hand:
        problem = "you wrote its summary yourself"
    elif not text:
        problem = "nothing of its text is known; `aggregator add URL` reads a page"
    if problem:
        return Drafted(candidate.id, error=QueueError(f"candidate {candidate.id} gets no draft", why=problem, code="E414"))
    prompt = _prompt(workspace, candidate, text)
    needed = _tokens(prompt) + ANSWER_TOKENS
    if needed > left:
        what = f"the budget is spent: candidate {candidate.id} would take about {needed} tokens, {left} are left"
        return Drafted(candidate.id, error=ModelError(what, fix="run it again, or raise AGGREGATOR_LLM_TOKENS", code="E415"))
    try:
        said, used = _ask(where, prompt)
    except ModelError as error:
        return Drafted(candidate.id, error=error)
    summary = "" if said.strip(" .。") == NOTHING else trim(" ".join(clean(said).split()), SUMMARY_CHARS)
    return Drafted(candidate.id, summary, used or needed)


def _ask(where: Endpoint, prompt: str) -> tuple[str, int]:
    """What the model says, and the tokens that it counted (0 where it counts none)."""
    import openai

    client = openai.OpenAI(base_url=where.url, api_key=where.key, timeout=SECONDS, max_retries=1)
    try:
        answer = client.chat.completions.create(
            model=where.model, messages=[{"role": "user", "content": prompt}], max_tokens=ANSWER_TOKENS, temperature=0.2
        )
        said = answer.choices[0].message.content if answer.choices else None
        used = answer.usage.total_tokens if answer.usage else 0
    except (openai.OpenAIError, AttributeError, TypeError, ValueError) as error:
        why = " ".join(str(error).split())[:300]
        raise ModelError("the language model did not answer", why=why, fix="check AGGREGATOR_LLM_URL and the model") from error
    finally:
        client.close()
    if not said or not said.strip():
        raise ModelError("the language model answered with nothing", fix="try again, or another model")
    return said, used


def _prompt(workspace: Workspace, candidate: Candidate, text: str) -> str:
    """The prompt from the workspace's own template where there is one, else from ours. Raises ConfigError for a broken one."""
    from jinja2 import TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    own = workspace.root / TEMPLATE
    path = own if own.exists() else Path(__file__).parent / TEMPLATE
    try:
        # Plain text goes to the model: nothing in it is markup to escape.
        template = SandboxedEnvironment(autoescape=False).from_string(path.read_text("utf-8"))
        return template.render(
            publication=workspace.publication.name,
            language=workspace.publication.language,
            characters=SUMMARY_CHARS,
            title=candidate.title,
            source=candidate.source,
            text=text,
        )
    except (TemplateError, OSError, ValueError) as error:
        raise ConfigError(f"the prompt {path} cannot be used", why=str(error)[:300], fix="correct it", code="E172") from error


def _tokens(prompt: str) -> int:
    """About how many tokens a text takes: a Chinese character one, four Latin letters one."""
    return sum(1 if is_cjk(char) else 0.3 for char in prompt).__ceil__()


def _text(unit: Unit, candidate_id: int) -> str:
    """The longest text that an upstream gave of the work."""
    texts = (html_to_text(one.content or one.summary) for _, one in unit.entries.of(candidate_id))
    return max(texts, key=len, default="")[:TEXT_CHARS]


def _written_by_hand(unit: Unit, candidate_id: int) -> bool:
    candidate = unit.candidates.get(candidate_id)
    texts = [" ".join(html_to_text(one.summary or one.content).split()) for _, one in unit.entries.of(candidate_id)]
    drafted = any(one.startswith(DRAFTED) for one in candidate.warnings)
    own = " ".join(candidate.summary.rstrip("…").split())
    return bool(own) and not drafted and not any(own in text for text in texts)


def _keep(workspace: Workspace, candidate_id: int, summary: str, model: str, now: datetime) -> None:
    with workspace.store.write() as unit:
        candidate = unit.candidates.get(candidate_id)
        review.check_editable(candidate)
        others = tuple(one for one in candidate.warnings if not one.startswith(DRAFTED))
        after = {"summary": summary, "warnings": (*others, f"{DRAFTED} by {model}: read it before you print it")}
        before = {name: getattr(candidate, name) for name in after}
        unit.candidates.patch(candidate_patch(candidate, after))
        unit.decisions.append(
            at=now,
            who=f"model {model}"[:100],
            action="draft",
            subject=str(candidate_id),
            before=candidate_patch(candidate, before),
            after=candidate_patch(candidate, after),
        )
