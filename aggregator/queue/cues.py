"""Words that tell what kind of work a title or a summary is about: a paper, a project, news, a post. Pure.

General vocabulary of the trade, in Chinese and English; what a newsletter makes of it is learnt from its issues.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

SUMMARY_CHARS = 200

_WORDS: dict[str, str] = {
    "papers: venue": """
        cvpr iccv eccv nips neurips iclr icml aaai ijcai acl emnlp naacl kdd mlsys sysml mobicom mobisys asplos isca
        micro osdi sosp hpca isscc interspeech icassp sigkdd wacv bmvc miccai siggraph sigir tpami jmlr infocom nsdi
        usenix oral nature science 顶会 顶刊 最佳论文""",
    "papers: paper": "论文 预印本 paper papers arxiv preprint",
    "papers: proposal": "提出 propose proposes proposed present presents",
    "papers: people": """
        研究人员 研究者 研究团队 研究员 研究院 研究组 课题组 实验室 科学家 学者 博士 教授 大学 学院 斯坦福 伯克利
        麻省理工 清华 北大 中科院 港中文 mit cmu stanford deepmind university researchers professor""",
    "papers: method": """
        方法 算法 网络结构 新框架 新架构 机制 损失 卷积 注意力 特征 搜索 蒸馏 剪枝 量化 检测 分割 识别 估计 跟踪 重建
        去噪 生成 神经网络 轻量级 nas gan transformer attention pruning quantization distillation""",
    "papers: result": """
        超越 优于 精度 准确率 数据集 实验 达到 刷新 参数量 结果表明 延迟 能耗 sota state-of-the-art imagenet coco map
        fps flops accuracy outperforms""",
    "papers: survey": "综述 survey review",
    "projects: open": "开源 开放源码 开放源代码 已开放 许可证 open-source open-sourced open-sources apache license",
    "projects: code": "源码 源代码 代码 仓库 github gitee repo repository star stars code",
    "projects: tool": """
        工具 工具箱 工具包 工具集 框架 引擎 套件 插件 实现 复现 项目 编译器 组件 操作系统 开源库 sdk toolkit toolbox
        library framework plugin demo implementation project benchmark zoo compiler runtime""",
    "projects: use": """
        安装 使用 支持 跨平台 轻量 一行代码 行代码 api python pytorch tensorflow caffe onnx ncnn mnn tvm keras linux
        android ios java rust windows c++""",
    "projects: list": "汇总 合集 资源 清单 列表 大全 收集 整理 awesome",
    "news: release": """
        发布 推出 亮相 首发 曝光 登场 问世 上市 量产 出货 宣布 正式 公布 官宣 上线 面世 来了 预告 launch launches
        launched announce announces announced unveils unveiled release releases released ships""",
    "news: business": """
        融资 收购 投资 市值 亿元 亿美元 万美元 财报 营收 利润 市场 份额 裁员 并购 股价 估值 合作 战略 签约 客户 订单
        产业 行业 竞争 对手 商业 布局 巨头 总裁 高管 离职 加盟 创始人 公司 生态 供应 ipo ceo acquires acquisition
        funding raises earnings revenue market partnership startup""",
    "news: company": """
        英特尔 英伟达 高通 联发科 台积电 三星 华为 海思 苹果 小米 谷歌 微软 亚马逊 特斯拉 阿里 平头哥 腾讯 百度
        寒武纪 地平线 商汤 旷视 依图 比特大陆 恩智浦 意法 瑞萨 赛灵思 博通 索尼 格芯 中芯 紫光 瑞芯微 全志 嘉楠
        云知声 思必驰 intel nvidia qualcomm mediatek tsmc samsung huawei apple oppo vivo google microsoft amazon aws
        facebook meta openai tesla amd arm nxp xilinx ibm broadcom renesas""",
    "news: hardware": """
        芯片 处理器 骁龙 天玑 麒麟 纳米 工艺 制程 算力 架构 晶体管 服务器 旗舰 手机 跑分 加速卡 开发板 soc npu gpu
        cpu tpu fpga mcu asic tops risc-v chip chips processor""",
    "news: time": "近日 日前 今日 今天 昨日 昨天 本周 上周 今年 去年 明年 最新 首次 首个 首款 全球 第一 率先 有望 将于 today",
    "posts: question": "如何 怎么 怎样 为什么 为何 是什么 哪些 哪个 哪家 how why what",
    "posts: explanation": """
        解读 详解 教程 实战 实践 原理 入门 指南 揭秘 剖析 笔记 总结 浅谈 浅析 深入 思考 踩坑 经验 干货 一文 手把手
        解析 分析 分享 漫谈 谈谈 聊聊 对比 评测 盘点 回顾 历史 科普 认识 理解 了解 学习 探索 探究 演进 全面 详细 介绍
        guide tutorial introduction explained lessons walkthrough part understanding notes primer""",
    "posts: craft": """
        优化 部署 加速 调优 移植 落地 推理 训练 矩阵 汇编 缓存 内存 指令 内核 编译 调试 性能 访存 并行 线程 gemm
        winograd neon simd cache kernel cuda opencl vulkan debugging optimization""",
    "posts: series": "系列 专栏 连载 上篇 下篇 之一 之二 之三",
    "posts: author": "本文 作者 笔者 文章 我们 我的 自己 小编 大家 这篇",
}
GROUP_OF: dict[str, str] = {word: group for group, words in _WORDS.items() for word in words.split()}
_KNOWN = frozenset(GROUP_OF)
_BY_FIRST: dict[str, list[str]] = {}
for _word in GROUP_OF:
    if not _word.isascii():
        _BY_FIRST.setdefault(_word[0], []).append(_word)
_SECOND = {word[1] for words in _BY_FIRST.values() for word in words}
# The first character of what may be a Chinese telling word; few pairs of characters are.
_BEGUN = re.compile(f"[{''.join(_BY_FIRST)}](?=[{''.join(sorted(_SECOND))}])")
_LATIN = re.compile(r"[a-z]+(?:\+\+|(?:-[a-z]+)*)")


def cues(folded: str) -> list[str]:
    """The telling words of a folded text, each once, in a fixed order."""
    seen = [*_KNOWN.intersection(_LATIN.findall(folded))]
    if not folded.isascii():
        seen += [word for first in set(_BEGUN.findall(folded)) for word in _BY_FIRST[first] if word in folded]
    return sorted(seen)


def groups(words: Iterable[str]) -> dict[str, list[str]]:
    """Telling words by what they tell: `papers: venue`, `news: company` and so on."""
    found: dict[str, list[str]] = {}
    for word in words:
        found.setdefault(GROUP_OF[word], []).append(word)
    return found
