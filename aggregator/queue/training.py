"""Training with scikit-learn, which is imported here alone and only when called. Reproducible: fixed seeds, fixed order.

Labels are few and the unlabelled many: what waits in the queue was, but for a few works, not taken, so it stands for the
rest as a weak negative. A work must not be held down by having been trained on itself; so the unlabelled are dealt into
two halves, and each half is scored by the model that has not seen it (`fold_of`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

from aggregator.errors import AggregatorError
from aggregator.queue.linear import Linear, grams
from aggregator.queue.sections import Known, Models, evidence
from aggregator.queue.titles import learnt_form

FOLDS = 2
RANK_STRENGTH = 2.0
SECTION_STRENGTH = 5.0
SECTION_SMOOTHING = 0.3
# How much of a naive Bayes goes into the models of sections: the less is known of a work, the more.
BARE_BAYES = 1.0
READ_BAYES = 0.5
MIN_FREQUENCY = 2
LEAST_READ = 60


@dataclass(frozen=True, slots=True)
class Example:
    """One work to learn from. `folded` is its title as models read it; `label` True for taken, False for rejected, None for
    neither; `weight` is how much it counts."""

    folded: str
    label: bool | None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class SectionExample:
    """One work of a known section."""

    known: Known
    section: str
    weight: float = 1.0


def available() -> bool:
    """True when scikit-learn is installed. It is not imported."""
    from importlib.util import find_spec

    return find_spec("sklearn") is not None


def fold_of(folded: str) -> int:
    """Which half a title belongs to; the same in every process."""
    return crc32(folded.encode("utf-8", "surrogatepass")) % FOLDS


def train_rank(examples: Sequence[Example]) -> tuple[Linear, ...]:
    """One model for each half. Raises AggregatorError without scikit-learn, ValueError without both kinds of examples."""
    learn = _sklearn()
    ordered = sorted(examples, key=lambda one: (one.folded, str(one.label), one.weight))
    vectors = learn.vectoriser(analyzer=grams, sublinear_tf=True, min_df=MIN_FREQUENCY)
    matrix = vectors.fit_transform([one.folded for one in ordered])
    labels = [int(one.label is True) for one in ordered]
    models: list[Linear] = []
    for half in range(FOLDS):
        rows = [at for at, one in enumerate(ordered) if one.label is not None or fold_of(one.folded) != half]
        fitted = learn.regression(C=RANK_STRENGTH, solver="liblinear", random_state=0, intercept_scaling=10.0).fit(
            matrix[rows], [labels[row] for row in rows], [ordered[row].weight for row in rows]
        )
        models.append(_linear(("taken",), fitted.intercept_, fitted.coef_, vectors, ()))
    return tuple(models)


def train_sections(examples: Sequence[SectionExample]) -> Models:
    """Models of all sections that the examples name. Raises AggregatorError without scikit-learn, ValueError when they name
    fewer than two."""
    bare = [replace(one, known=one.known.bare()) for one in examples]
    read = [one for one in examples if one.known.summary]
    enough = len(read) >= LEAST_READ and len({one.section for one in read}) >= 2
    return Models(_train_sections(bare, BARE_BAYES), _train_sections(read, READ_BAYES) if enough else None)


def _train_sections(examples: Sequence[SectionExample], bayes: float) -> Linear:
    learn = _sklearn()
    ordered = sorted(examples, key=lambda one: (one.known.title, one.section, one.known.url or "", one.weight))
    vectors = learn.vectoriser(analyzer=grams, sublinear_tf=True, min_df=MIN_FREQUENCY)
    facts = learn.dictionary()
    matrix = learn.hstack(
        [
            vectors.fit_transform([learnt_form(one.known.title) for one in ordered]),
            facts.fit_transform([evidence(one.known) for one in ordered]),
        ]
    ).tocsr()
    sections, counted = [one.section for one in ordered], [one.weight for one in ordered]
    fitted = learn.regression(C=SECTION_STRENGTH, max_iter=1000).fit(matrix, sections, counted)
    outputs, intercepts, weights = tuple(fitted.classes_), fitted.intercept_, fitted.coef_
    if len(outputs) == 2:
        intercepts, weights = learn.stack([-intercepts, intercepts])[:, 0], learn.stack([-weights, weights])
    plain = learn.bayes(alpha=SECTION_SMOOTHING).fit(matrix, sections, counted).feature_log_prob_
    weights = _blended(matrix, weights, plain - plain.mean(axis=0), bayes)
    intercepts = intercepts / (1.0 + bayes)
    return _linear(tuple(str(one) for one in outputs), intercepts, weights, vectors, facts.get_feature_names_out())


def _blended(matrix: Any, weights: Any, plain: Any, share: float) -> Any:
    """Weights of a regression with `share` as much of those of a naive Bayes, which knows less but is not led astray by what few
    works have; both are brought to one scale by how far they tell the examples apart, and their mean is taken."""
    apart, plainly = (_spread(matrix @ one.T) for one in (weights, plain))
    return (weights + share * (apart / plainly if plainly else 0.0) * plain) / (1.0 + share)


def _spread(scores: Any) -> float:
    return float((scores - scores.mean(axis=1, keepdims=True)).std())


def _linear(outputs: tuple[str, ...], intercepts: Any, weights: Any, vectors: Any, extra: Sequence[str]) -> Linear:
    names = [str(name) for name in vectors.get_feature_names_out()]
    columns = zip(*(row.tolist() for row in weights), strict=True)
    rounded = [tuple(round(value, 5) for value in column) for column in columns]
    return Linear(
        outputs,
        tuple(round(float(value), 5) for value in intercepts),
        {name: (round(float(idf), 4), *row) for name, idf, row in zip(names, vectors.idf_, rounded, strict=False)},
        dict(zip((str(name) for name in extra), rounded[len(names) :], strict=True)),
    )


@dataclass(frozen=True, slots=True)
class _Learn:
    vectoriser: Any
    dictionary: Any
    regression: Any
    bayes: Any
    hstack: Any
    stack: Any


def _sklearn() -> _Learn:
    try:
        from numpy import vstack
        from scipy.sparse import hstack
        from sklearn.feature_extraction import DictVectorizer
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.naive_bayes import ComplementNB
    except ImportError as error:
        raise AggregatorError(
            "ranking cannot be trained",
            why="scikit-learn is not installed; keywords and sources alone rank the queue",
            fix='pip install "aggregator[rank]"',
            code="E410",
        ) from error
    return _Learn(TfidfVectorizer, DictVectorizer, LogisticRegression, ComplementNB, hstack, vstack)
