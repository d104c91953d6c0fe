"""Issues full of what breaks Markdown."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from aggregator.model import Issue, IssueSection, Item, Link, PastIssue
from aggregator.urls import link_role

TRAPS = (
    "|", " | ", "｜", "丨", " 丨 ", "[", "]", "](", "[x](y)", "[a] ", "(", ")", "`", "``", "`a|b`", "*", "**", "**粗**", "_", "__x__", "~", "~~",
    "10~100倍，5~6倍", "<T>", "<script>", "</font>", "{{ x }}", "{%", "{% raw %}", "&amp;", "&copy;", "\\", "\\|", "💎", "👩‍💻", "مرحبا", "שלום",
    "1. ", "- ", "•", "– ", "#", "# ", "> ", "---", "***", "===", "```", "：", ":", "论文：", "摘要：", "摘要", "导读：", "注：", "标题：",
    "https://a.example/x", "https://a.example/b_(c)", "http://例子.example/路径", "论文：https://arxiv.org/abs/1911.05289", "\u00a0", "\u3000",
    "了", "。", "，", " ", "  ", "a", "b c", "芯片", "owner/repo：", "![图](https://a.example/i.png)", "!", "[^1]", "{: .x}", "$$", ":", "往期回顾", "## ",
)  # fmt: skip

words = st.lists(st.one_of(st.sampled_from(TRAPS), st.text(max_size=6)), max_size=6).map("".join)
lines = st.lists(
    st.one_of(words, st.sampled_from(["", "- 甲", "1. 乙", "    - 丙", "  丁", "```", "代码：https://github.com/a/b"])),
    max_size=6,
)
texts = lines.map("\n".join)
urls = st.one_of(
    st.sampled_from(
        [
            "https://mp.weixin.qq.com/s/abc",
            "https://a.example/x_(y)",
            "https://a.example/a b",
            "https://a.example/?a=1&lt;b",
            "http://a.example/)",
        ]
    ),
    st.integers(0, 99).map(lambda number: f"https://b.example/{number}"),
)
labels = st.one_of(st.sampled_from(["论文", "代码", "GitHub 项目", "", "更多v0.6版特性见", "摘要", "标题"]), words)
links = st.one_of(
    st.builds(lambda label, url: Link(label, link_role(url), url), labels, urls),
    words.map(lambda text: Link(f"标题：{text}", "text", "")),
)
items = st.builds(
    Item,
    title=words,
    url=st.none() | urls,
    source=words | st.just("") | st.just("机器之心"),
    tags=st.lists(st.sampled_from(["1911.05289", "CVPR2020", "MobiSys 2021"]) | words, max_size=2).map(tuple),
    links=st.lists(links, max_size=3).map(tuple),
    summary=texts,
)
sections = st.builds(
    IssueSection,
    name=st.sampled_from(["业界新闻", "论文", "应用", "News"]),
    items=st.lists(items, max_size=3).map(tuple),
    note=words,
)
issues = st.builds(
    Issue,
    slug=st.just("draft"),
    date=st.none() | st.dates(date(2019, 1, 1), date(2030, 1, 1)),
    name=st.just("边缘周记") | words,
    headline=words,
    tagline=words,
    notes=st.lists(texts, max_size=2).map(tuple),
    lead=texts,
    opener=st.just("先是新闻：") | words,
    briefs=st.lists(texts, max_size=3).map(tuple),
    sections=st.lists(sections, max_size=3).map(tuple),
    past_issues=st.lists(st.builds(PastIssue, st.dates().map(str) | words, st.just("2020-01-01.md") | urls), max_size=3).map(
        tuple
    ),
    footer=texts,
)
