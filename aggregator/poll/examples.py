"""One source of each kind as it stands in sources.yaml, for those who write one."""

from __future__ import annotations

EXAMPLES = {
    "arxiv": """\
- name: arXiv 端侧
  kind: arxiv
  section: papers
  categories: [cs.CV, cs.LG]
""",
    "bridge": """\
- name: 机器之心
  kind: bridge
  urls:                          # tried in order; {wewe} stands for the origins under bridges:
    - "{wewe}/feeds/MP_WXS_3073282833.atom"
    - "{rsshub}/freewechat/profile/MzA3MzI4MjgzMw=="
  include: [端侧, 量化]
""",
    "feed": """\
- name: 一个博客
  url: https://example.org/feed.xml
""",
    "github": """\
- name: ncnn
  kind: github
  section: projects
  repository: Tencent/ncnn
  exclude: ["*-nightly"]
""",
    "gitlab": """\
- name: A project on GitLab
  kind: gitlab
  project: group/project
""",
    "hackernews": """\
- name: Hacker News
  kind: hackernews
  query: quantization
  points: 50
""",
    "huggingface": """\
- name: Hugging Face papers
  kind: huggingface
  watch: papers
  upvotes: 20
""",
    "mailbox": """\
- name: A newsletter by mail
  kind: mailbox
  path: ~/Maildir/.Newsletters
  lists: [weekly.example.org]
  entries: links
""",
    "openreview": """\
- name: ICLR
  kind: openreview
  venue: ICLR.cc/2026/Conference
  include: [quantization, on-device]
""",
    "page": """\
- name: A page without a feed
  kind: page
  url: https://example.org/news
  items: ul.news > li
  date: span.date
""",
    "reddit": """\
- name: r/tinyml
  kind: reddit
  community: tinyml
  order: top
  period: week
""",
    "sitemap": """\
- name: A site with a sitemap
  kind: sitemap
  url: https://example.org/sitemap.xml
  include: [/blog/]
""",
    "submissions": """\
- name: 读者推荐
  kind: submissions
  repository: owner/name
  labels: [推荐]
""",
    "youtube": """\
- name: A channel
  kind: youtube
  channel: UCxxxxxxxxxxxxxxxxxxxxxx
""",
}
