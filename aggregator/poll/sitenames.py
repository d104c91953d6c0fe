"""Names of sites that their hosts tell. Pure."""

from __future__ import annotations

from aggregator import urls

SITES = {
    "github.com": "GitHub",
    "arxiv.org": "arXiv",
    "zhihu.com": "知乎",
    "zhuanlan.zhihu.com": "知乎",
    "huggingface.co": "Hugging Face",
    "news.ycombinator.com": "Hacker News",
    "reddit.com": "Reddit",
    "old.reddit.com": "Reddit",
    "youtube.com": "YouTube",
    "m.youtube.com": "YouTube",
    "bilibili.com": "哔哩哔哩",
    "juejin.cn": "掘金",
    "blog.csdn.net": "CSDN",
    "cnblogs.com": "博客园",
    "jianshu.com": "简书",
    "openreview.net": "OpenReview",
}


def site_name(url: str) -> str:
    """The name of the site at an address: that of a known one, else its host; "" for WeChat, where the account counts."""
    host = urls.host(url)
    return SITES.get(host, "" if host == "mp.weixin.qq.com" else host)
