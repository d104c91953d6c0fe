"""Canonical form and identity: the same page is one URL, the same work one key, and nothing dangerous passes."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.urls import (
    MAX_URL_CHARS,
    arxiv_id,
    arxiv_id_in,
    canonical,
    github_repo,
    identity_keys,
    is_temporary,
    is_work,
    link_role,
    safe_url,
)
from aggregator.urls.parts import taken_apart

WECHAT = "https://mp.weixin.qq.com/s?__biz=MzAwMTIz==&mid=265&idx=2&sn=0af1"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://Example.COM:80/a/../b/%7euser/?b=2&a=1&utm_source=x#top", "http://example.com/b/~user/?a=1&b=2"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com:8443/a b", "https://example.com:8443/a%20b"),
        ("https://例子.中国/路径", "https://xn--fsqu00a.xn--fiqs8s/%E8%B7%AF%E5%BE%84"),
        ("http://arxiv.org/pdf/1911.05289v2.pdf", "https://arxiv.org/abs/1911.05289"),
        ("https://arxiv.org/abs/cs/0112017v1", "https://arxiv.org/abs/cs/0112017"),
        ("https://www.alphaxiv.org/abs/2401.12345", "https://arxiv.org/abs/2401.12345"),
        ("https://huggingface.co/papers/2401.12345", "https://arxiv.org/abs/2401.12345"),
        ("https://huggingface.co/models", "https://huggingface.co/models"),
        ("https://doi.org/10.48550/arXiv.2401.12345", "https://arxiv.org/abs/2401.12345"),
        (WECHAT + "&chksm=9&scene=21#wechat_redirect", WECHAT),
        ("http://mp.weixin.qq.com/s/AbC_d-1?scene=1", "https://mp.weixin.qq.com/s/AbC_d-1"),
        ("https://link.zhihu.com/?target=https%3A//example.com/x%3Fq%3D1", "https://example.com/x?q=1"),
        ("https://zhuanlan.zhihu.com/p/123?utm_psn=9", "https://zhuanlan.zhihu.com/p/123"),
        ("https://github.com/Alibaba/MNN.git/", "https://github.com/Alibaba/MNN"),
        ("https://youtu.be/abc123", "https://www.youtube.com/watch?v=abc123"),
    ],
)
def test_canonical(url: str, expected: str) -> None:
    assert canonical(url) == expected
    assert canonical(expected) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "https://user:pw@example.com/",
        "ftp://example.com/",
        "https:///x",
        "https://e.com:99999/",
        "x" * 3000,
    ],
)
def test_what_is_no_web_address_has_no_canonical_form(url: str) -> None:
    assert canonical(url) is None


KNOWN = st.sampled_from(["youtu.be", "mp.weixin.qq.com", "arxiv.org", "github.com", "zhihu.com", "x.cn"])
PIECES = st.sampled_from([*"ab/.%?=&#:@+ é", "%2e", "%2F", "%C4%E3", "/../", "abs/2401.00001", "utm_x=1"])


@given(st.one_of(st.text(max_size=60), KNOWN), st.lists(PIECES, max_size=30))
def test_canonical_is_idempotent_and_never_raises(host: str, rest: list[str]) -> None:
    found = canonical(f"https://{host}/{''.join(rest)}")
    assert found is None or canonical(found) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.example.com/a/", "https://example.com/a"),
        ("https://arxiv.org/abs/1911.05289v1", "https://arxiv.org/pdf/1911.05289v3.pdf"),
        ("https://github.com/Tencent/ncnn", "http://github.com/tencent/NCNN.git"),
        ("https://github.com/Tencent/ncnn/tree/master", "https://github.com/tencent/ncnn/"),
        (WECHAT + "&scene=1", WECHAT.replace("https", "http") + "&chksm=2#rd"),
        ("https://dl.acm.org/doi/10.1145/3458864", "https://doi.org/10.1145/3458864"),
    ],
)
def test_the_same_work_has_the_same_key(one: str, other: str) -> None:
    assert identity_keys(one) == identity_keys(other) != ()


def test_queries_in_another_encoding_stay_apart() -> None:
    one, other = ("https://example.cn/s?q=" + word for word in ("%C4%E3", "%BA%C3"))
    assert canonical(one) == one
    assert identity_keys(one) != identity_keys(other)


def test_a_release_is_news_of_its_own() -> None:
    repository = identity_keys("https://github.com/Tencent/ncnn")
    release = identity_keys("https://github.com/Tencent/ncnn/releases/tag/20240102")
    assert release == ("github:tencent/ncnn@20240102",)
    assert repository != release != identity_keys("https://github.com/Tencent/ncnn/releases/tag/20240820")


def test_articles_of_one_wechat_message_differ_by_their_place() -> None:
    assert identity_keys(WECHAT) != identity_keys(WECHAT.replace("idx=2", "idx=1"))


def test_a_signed_wechat_link_expires_and_keeps_what_opens_it() -> None:
    url = "https://mp.weixin.qq.com/s?src=11&timestamp=1600000000&ver=1&signature=ab*c&new=1"
    assert is_temporary(url)
    assert "signature=" in (canonical(url) or "")
    assert not is_temporary(WECHAT)


@pytest.mark.parametrize(
    ("url", "role"),
    [
        ("https://arxiv.org/abs/1911.05289", "paper"),
        ("https://example.org/a/paper.pdf", "paper"),
        ("https://github.com/a/b", "code"),
        ("https://gitee.com/mindspore/mindspore", "code"),
        ("https://www.bilibili.com/video/BV1", "video"),
        ("https://name.github.io/project/", "project"),
        ("https://huggingface.co/spaces/a/b", "demo"),
        ("https://docs.example.com/start", "doc"),
        ("https://huggingface.co/papers/2006.10226", "paper"),
        ("https://gitlab.com/a/b/paper.pdf", "code"),
        ("https://v.qq.com/docs/paper.pdf", "paper"),
        ("https://youtube.com/docs/demo", "video"),
        ("https://demo.example.com/docs/a", "doc"),
        ("https://demo.example.com/a", "demo"),
        ("https://www.name.github.io/demo/", "demo"),
        ("https://name.github.io/docs/a", "doc"),
        ("https://blog.csdn.net/demo/1", "demo"),
        ("https://blog.csdn.net/a", "article"),
        ("https://mp.weixin.qq.com/s/x", "article"),
        ("https://example.com/", "link"),
    ],
)
def test_the_role_follows_from_the_target(url: str, role: str) -> None:
    assert link_role(url) == role


def test_parts_of_known_addresses() -> None:
    assert github_repo("https://github.com/Tencent/ncnn/issues/1") == "Tencent/ncnn"
    assert github_repo("https://github.com/topics/ai") is None
    assert github_repo("https://example.com/Tencent/ncnn") is None
    assert arxiv_id("https://ar5iv.labs.arxiv.org/html/2401.12345") == "2401.12345"
    assert arxiv_id("https://example.com/abs/2401.12345") is None
    assert arxiv_id_in("[2006.10226v1]") == "2006.10226"
    assert arxiv_id_in("v1.2020.12") is None


def test_safe_url_mends_blanks_and_refuses_controls() -> None:
    assert safe_url(" https://example.com/a b\n") == "https://example.com/a%20b"
    assert safe_url("https://example.com/\u202e") is None
    assert safe_url("mailto:a@example.com") == "mailto:a@example.com"


_STEPS = st.sampled_from(
    ["/", "/s/", "s", "a", "b.html", "..", ".", "~x", "%41", "abs", "2006.10226", "index.html", "-", "_", "10.1145/x"]
)
_HOSTS = st.sampled_from(
    [
        "a.example",
        "www.b.cn",
        "arxiv.org",
        "doi.org",
        "1.2.3.4",
        "-a.b",
        "a..b",
        "a.b.",
        "github.com",
        "m.youtu.be",
        "en.zhihu.com",
        "mp.weixin.qq.com",
    ]
)


_PAIRS = st.tuples(
    st.sampled_from(["a", "utm_source", "ref_src", "UTM_x", "", "idx", "a.b"]),
    st.sampled_from(["", "=", "=1", "=b=c", "=%41", "=x+y", "=-_.~"]),
)


@given(st.sampled_from(["http", "https"]), _HOSTS, st.lists(_STEPS, max_size=7), st.lists(_PAIRS, max_size=3))
def test_an_address_that_needs_no_closer_look_is_what_the_long_way_makes_of_it(
    scheme: str, host: str, steps: list[str], pairs: list[tuple[str, str]]
) -> None:
    query = "&".join(map("".join, pairs))
    url = f"{scheme}://{host}{'/' if steps else ''}{''.join(steps)}{'?' if pairs else ''}{query}"
    # A fragment means nothing to the canonical form, and every address with one is looked at closely.
    assert canonical(url) == canonical(f"{url}#part")
    assert identity_keys(url) == identity_keys(f"{url}#part")


@given(
    st.sampled_from(["http", "https"]),
    st.sampled_from(["arxiv.org", "www.arxiv.org", "export.arxiv.org", "rss.arxiv.org", "arxiv.org:80"]),
    st.sampled_from(["abs", "pdf", "html", "ABS", "list", ""]),
    st.sampled_from(["2401.01234", "2401.0123", "2401.012345", "2401.012", "２４０１.01234", "cs/0101001", "cs.LG", ""]),
    st.sampled_from(["", "v1", "v12", "V1", "v", "v1.pdf", ".pdf", ".PDF", "/", "?a=b", ".pdf?download"]),
)
def test_a_paper_as_arxiv_writes_its_address_is_what_the_long_way_makes_of_it(
    scheme: str, host: str, kind: str, number: str, rest: str
) -> None:
    url = f"{scheme}://{host}/{kind}/{number}{rest}"
    assert canonical(url) == canonical(f"{url}#part")
    assert identity_keys(url) == identity_keys(f"{url}#part")


@given(
    st.sampled_from(["http", "https", "HTTP", "ftp"]), st.text("ab.-0:@[]A", max_size=5), st.text('az/?#:@[]%&=;!"<>|\\ \té例')
)
def test_an_address_is_taken_apart_as_urllib_does(scheme: str, host: str, rest: str) -> None:
    url = f"{scheme}://{host}{rest}"
    try:
        parts = urlsplit(url)
        expected = (parts.scheme.lower(), (parts.hostname or "").lower(), parts.path, parts.query)
    except ValueError:
        expected = None
    assert taken_apart(url) == expected


@given(
    st.sampled_from(["http", "https", "HTTP", "ftp", "mailto"]),
    st.text("ab.-0:@[]A", max_size=7),
    st.text('az/?#:@[]%&=;!"<>|\\ \t\n\x7fé例\u200b'),
)
def test_what_is_safe_at_a_glance_is_what_the_long_way_lets_through(scheme: str, host: str, rest: str) -> None:
    url = f"{scheme}://{host}{rest}"
    # A blank in front means nothing, and no address with one is taken at a glance.
    assert safe_url(url) == safe_url(f" {url}")


def test_an_address_is_too_long_to_be_safe_at_a_glance_as_well() -> None:
    assert safe_url(f"https://a.example/{'b' * (MAX_URL_CHARS - 18)}") is not None
    assert safe_url(f"https://a.example/{'b' * (MAX_URL_CHARS - 17)}") is None


_PLACES = [
    "a.example",
    "arxiv.org",
    "cn.arxiv.org",
    "ar5iv.labs.arxiv.org",
    "doi.org",
    "dl.acm.org",
    "github.com",
    "gist.github.com",
    "gitee.com",
    "b.github.io",
    "huggingface.co",
    "hf.co",
    "papers.cool",
    "hal.science",
    "ecva.net",
    "youtu.be",
]


@given(
    st.sampled_from(["", "www.", "m.", "x.www.", "WWW."]),
    st.sampled_from(_PLACES),
    st.sampled_from(["/", "/abs/", "/papers/", "/arxiv/", "/10.48550/arXiv.", "/spaces/", "/docs/", "/a/demo/", "/x?y="]),
    st.sampled_from(
        ["", "2401.01234", "2401.01234v2", "cs/0101001", "a/b", "a.pdf", "a.PDF", "pdf", ".pdf/", "a.pdf?b", "İ.pdf"]
    ),
)
def test_the_place_of_a_work_is_a_paper_or_code(prefix: str, name: str, path: str, rest: str) -> None:
    url = f"https://{prefix}{name}{path}{rest}"
    assert is_work(url) == (link_role(url) in {"paper", "code"} or arxiv_id(url) is not None)
