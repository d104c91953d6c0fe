"""Related links in texts as people write them."""

from __future__ import annotations

import random

import pytest

from aggregator.poll import links
from aggregator.poll.links import related_links


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ('<a href="https://github.com/acme/kern/tree/main">x</a>', [("code", "https://github.com/acme/kern")]),
        ("项目地址：github.com/acme/kern，欢迎试用", [("code", "https://github.com/acme/kern")]),
        ("论文：arXiv:2401.01234v2。", [("paper", "https://arxiv.org/abs/2401.01234")]),
        ("论文（arXiv：2401.01234）", [("paper", "https://arxiv.org/abs/2401.01234")]),
        ("见 arxiv.org/abs/2401.01234 和 www.github.com/acme/kern。", [
            ("paper", "https://arxiv.org/abs/2401.01234"), ("code", "https://github.com/acme/kern")]),
        ("https://acme.github.io/kern/ 是项目主页", [("project", "https://acme.github.io/kern/")]),
        ("github.com/acme", []),
        ("ann@github.com/acme/kern and my-github.com/acme/kern", []),
        ("no address, and arXiv without a number", []),
    ],
)  # fmt: skip
def test_links_of_a_known_role(written: str, wanted: list[tuple[str, str]]) -> None:
    assert [(link.role, link.url) for link in related_links(written)] == wanted


_PIECES = (
    *("https://", "http://", "HTTPS://", "://", "github.com/acme/kern", "GitHub.com/Acme/Kern/issues/1", "GITHUB.COM/acme/kern"),
    *("github.com", "www.github.com/acme/kern", "arxiv.org/abs/2401.01234", "ArXiv.org/pdf/2401.01234v2", "arXiv: 2401.01234"),
    *("export.arxiv.org/abs/2401.01234", "ARXIV:2401.01234", "Arxiv\u00a0：2401.01234", "gitlab.com/a/b", "gitee.com/a/b:80/c"),
    *("doi.org/10.1000/1", "a.example/x.pdf", "a.example/x.Pdf?y", "a.example/x%2Epdf", "a.example/x.%70df", "a.example/pdf"),
    *("a.example:8080/x", "a.example", "acme.github.io/kern", "openreview.net/forum?id=1", "ieeexplore.ieee.org/1"),
    *("link.zhihu.com/?target=https%3A//github.com/acme/kern", "huggingface.co/papers/2401.01234", "hf.co/acme/kern"),
    *(
        "user@a.example/",
        "[::1]/",
        "github.com:443/acme/kern",
        "&#58;//github.com/acme/kern",
        "https&colon;//github.com/acme/kern",
    ),
    *("中文。", "，", " ", "/", ".", ":", "x", "X", "%", "&amp;", "&lt;", "&nbsp;", '"', '<a href="', "</a>", "a" * 500),
    *("github", "arXiv", "gitlab", "thecvf", "doi.org"),
)


def test_texts_that_are_told_quickly_have_no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a few short searches decide is what the long search for every address finds."""
    chance = random.Random(7)  # noqa: S311
    texts = ["".join(chance.choices(_PIECES, k=chance.randint(1, 9))) for _ in range(6000)]
    quick = [related_links(text) for text in texts]
    monkeypatch.setattr(links, "_may_name_works", lambda markup: any(hint in markup for hint in links._HINTS))
    assert quick == [related_links(text) for text in texts]
    assert sum(map(bool, quick)) > 500
