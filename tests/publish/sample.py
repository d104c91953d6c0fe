"""A sample publication with three issues, invented for the tests: Chinese and English, every trap on purpose."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from aggregator.model import Issue, IssueSection, IssueStatus, Item, Link, Publication, Section

BASE_URL = "https://letters.example.org/tiny/"

PUBLICATION = Publication(
    name="小芯片周记",
    tagline="**给做端侧推理的人**：一周值得读的几篇",
    language="zh_CN",
    time_zone="Asia/Shanghai",
    base_url=BASE_URL,
    sections=(
        Section("news", "业界新闻", "新闻"),
        Section("papers", "论文", "论文"),
        Section("code", "开源项目", "开源", note="仓库链接均为示例。"),
        Section("posts", "博文", "博文"),
    ),
    author="周记编辑部",
    description="关于微控制器上的神经网络的示例周刊。",
    mail_from="news@letters.example.org",
    unsubscribe_url="https://lists.example.org/leave?list=tiny",
)

ENGLISH = replace(
    PUBLICATION,
    name="Tiny Chips Weekly",
    tagline="A few things worth reading",
    language="en",
    time_zone="Europe/Dublin",
    sections=(Section("news", "News"), Section("papers", "Papers"), Section("code", "Code"), Section("posts", "Posts")),
    author="",
    description="",
)


def _first() -> Issue:
    return Issue(
        slug="2026-05-11",
        date=date(2026, 5, 11),
        number=1,
        status=IssueStatus.PUBLISHED,
        name="小芯片周记",
        headline="首期试刊/一块电池跑三年",
        tagline="**给做端侧推理的人**",
        lead="第一期只有两条。「新闻」说的是一块纽扣电池。",
        sections=(
            IssueSection(
                "业界新闻",
                "news",
                (
                    Item(
                        title="纽扣电池供电的唤醒词模块",
                        url="https://news.example.org/wake?id=7&lang=zh",
                        source="示例日报",
                        summary="模块待机电流为三微安。  \n换算下来，一块电池可用三年。",
                        anchor="wake-word",
                        id=11,
                    ),
                ),
            ),
            IssueSection(
                "应用",
                "",
                (
                    Item(
                        title="A greenhouse that waters itself",
                        url=None,
                        summary="No link, and still an item.",
                        anchor="n2",
                        id=12,
                    ),
                ),
            ),
        ),
        footer="![二维码](../qr.jpg)\n\n"
        '<a rel="license" href="http://license.example.org/by/">示例许可协议</a>'
        "<br />本作品按示例协议发布。",
        guid="https://old.example.org/tiny/2026-05-10/",
        published_at=datetime(2026, 5, 11, 1, 30, tzinfo=UTC),
    )


def _second() -> Issue:
    return Issue(
        slug="2026-06-01",
        date=date(2026, 6, 1),
        number=2,
        status=IssueStatus.PUBLISHED,
        name="小芯片周记",
        headline="`vector<T>` 也能省内存/R&D <strong>新</strong>闻",
        lead="两段导读。\n\n第二段提到 a < b && c > d，还有 ]]> 与 {{ 花括号 }}。",
        opener="先看几条短讯：",
        briefs=("一家示例公司**换了标志**；", "A brief in English with <font color=red>colour</font>."),
        sections=(
            IssueSection("业界新闻", "news", ()),
            IssueSection(
                "论文",
                "papers",
                (
                    Item(
                        title="Pruning *once*, sleeping well | 两个竖线 | 的标题",
                        url="https://papers.example.org/abs/2605.00001",
                        source="Example Labs",
                        tags=("2605.00001", "DEMO2026"),
                        links=(
                            Link("论文：", "paper", "https://papers.example.org/abs/2605.00001"),
                            Link("", "code", "https://code.example.org/sleep/well"),
                            Link("", "demo", "javascript:alert(1)"),
                        ),
                        summary="要点：\n\n1. 只剪一次；\n2. 精度下降 10~20，5~6 倍。\n\n详见 https://papers.example.org/pdf/(v2).pdf，共八页。",
                        anchor="2605.00001",
                        id=21,
                    ),
                    Item(
                        title="std::array<int, 4> <script>alert(1)</script>与 & 符号",
                        url="https://例子.example.org/路径/a b?q=中 文",
                        source="甲 <b>乙</b>",
                        summary='<img src="x.png" onerror="alert(1)"><iframe src="https://evil.example.org/"></iframe>正文仍在。',
                        anchor="带 空格的锚",
                        id=22,
                    ),
                ),
            ),
            IssueSection(
                "开源项目",
                "code",
                (
                    Item(
                        title="tiny/runner：用 8 KB 内存运行",
                        url="https://code.example.org/tiny/runner",
                        source="",
                        links=(Link("项目地址", "code", "https://code.example.org/tiny/runner"),),
                        summary="- 支持定点\n- 支持 `<T>` 模板\n\n```c\nint main(void) { return 0; }\n```",
                        anchor="tiny-runner",
                        id=23,
                    ),
                ),
                note="仓库链接均为示例。",
            ),
        ),
        published_at=datetime(2026, 6, 1, 2, 0, 0, 123456, tzinfo=UTC),
        updated_at=datetime(2026, 6, 3, 8, 15, tzinfo=UTC),
    )


def _third() -> Issue:
    return Issue(
        slug="2026-06-15",
        date=date(2026, 6, 15),
        number=3,
        status=IssueStatus.PUBLISHED,
        name="小芯片周记",
        headline="带控制符\u0007与\u202e反向\u202c的标题🙂",
        notes=("<font>注：链接均指向示例域名。</font>",),
        lead="[危险](javascript:alert(1))与[安全](https://safe.example.org/)各一处。",
        sections=(
            IssueSection(
                "博文",
                "posts",
                (
                    Item(
                        title="",
                        url="https://posts.example.org/untitled",
                        source="无名博客",
                        summary="没有标题的一条。",
                        anchor="p1",
                        id=31,
                    ),
                    Item(
                        title="كلمة عربية and 中文 in one title",
                        url="data:text/html,<script>alert(1)</script>",
                        summary="行首\x00控制符\ud800孤立代理。[相对链接](../about.md)",
                        anchor="p1",
                        id=32,
                    ),
                    Item(
                        title="长标题" * 60,
                        url="https://posts.example.org/long",
                        source="长博客",
                        summary="很长的链接 https://posts.example.org/" + "a" * 180 + " 到此为止。",
                        anchor="p3",
                        id=33,
                    ),
                ),
            ),
        ),
        published_at=datetime(2026, 6, 15, 0, 0, tzinfo=UTC),
    )


ISSUES = (_third(), _second(), _first())


def house_print(issue: Issue, publication: Publication) -> str:
    """A stand-in for the issue stage's printer: enough Markdown to be told apart."""
    items = "".join(f"- [{item.title} | {item.source}]({item.url})  \n摘要：{item.summary}  \n" for item in issue.items)
    return f"# {issue.title}\n\n> {publication.profile.lead_label}：{issue.lead}\n\n{items}"
