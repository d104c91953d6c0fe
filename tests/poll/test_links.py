"""Related links in texts as people write them."""

from __future__ import annotations

import pytest

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
