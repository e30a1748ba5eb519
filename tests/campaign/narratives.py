"""The words of the simulated city's reports: each unit's own, its figures worked in as clerks word them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal

from tests.campaign.mistakes import Mistake
from tests.campaign.simulated import Figures, cell, totals_of

OPENINGS = (
    "{year}年，{name}坚持以公开为常态、不公开为例外，把信息公开摆在重要位置。",
    "{year}年，{name}围绕中心工作，按照上级要求有序推进各项公开任务。",
    "一年来，{name}紧扣群众关切，努力让权力在阳光下运行。{year}年主要情况如下。",
    "{year}年度，{name}认真贯彻落实上级部署，公开工作总体平稳。",
    "{name}高度重视此项工作，主要负责同志多次听取汇报。{year}年有关情况如下。",
    "{year}年，{name}结合自身职能，聚焦便民利企，不断完善公开制度。",
)
RECEIVED = (
    "依申请公开方面，全年共收到政府信息公开申请{received}件，上年结转{brought}件，办结{done}件，"
    "结转下年度继续办理{carried}件。",
    "本年新收政府信息公开申请{received}件，另有上年结转{brought}件；全年答复{done}件，"
    "结转下年度{carried}件。",
    "全年新收依申请公开{received}件（其中自然人{person}件、法人或其他组织{legal}件），"
    "加上上年结转{brought}件，共办结{done}件，结转下年{carried}件。",
    "在依申请公开上，受理申请{received}件，按申请人分，自然人{person}件，商业企业{legal}件；"
    "答复{done}件（含上年结转{brought}件，另有{carried}件结转下年）。",
)
RESULTS = (
    "已办结的申请中，予以公开{granted}件，占{share}%；{rest}。",
    "从办理结果看，予以公开{granted}件（占办结总数的{share}%），{rest}。",
    "答复情况为：予以公开{granted}件，占比{share}%，{rest}。",
)
NONE_CHALLENGED = (
    "全年未发生因政府信息公开引起的行政复议、行政诉讼。",
    "未发生因政府信息公开工作被申请行政复议、提起行政诉讼的情况。",
)
PROACTIVE = (
    "主动公开方面，通过门户网站及时更新机构职能、办事指南和工作动态。",
    "坚持应公开尽公开，主动公开重大决策、民生实事和财政资金使用情况。",
    "持续做好主动公开，重点发布规划计划、招考录用、采购招标等内容。",
    "主动公开力度不断加大，惠企政策同步配发图文解读。",
    "围绕群众办事的高频事项主动公开流程、条件和时限。",
    "梳理并主动公开权责清单，方便社会各界查询监督。",
)
CHARGED = ("全年作出行政许可{licences}件，行政处罚{penalties}件，行政事业性收费{fees}万元。", "", "")
MANAGED = (
    "政府信息管理上，严把审核关口，发布前逐条核对。",
    "建立信息发布台账，对过时内容定期清理，信息管理更加规范。",
    "明确专人负责信息的收集、保管和更新，信息管理责任落到岗位。",
    "落实三审三校，涉密、涉个人隐私内容一律先审后发。",
    "对历史文件作了清理，规范性文件集中列示，便于检索。",
)
PLATFORM = (
    "平台建设上，优化网站栏目设置，检索更加便捷。",
    "改版公开专栏，增设政策问答，网站平台更加好用。",
    "用好公开查阅点，在服务大厅摆放电子查询平台。",
    "网站与公众号同步推送，平台之间内容保持一致。",
    "完成平台适老化改造，老年人查找信息更省力。",
)
SUPERVISED = (
    "监督保障上，组织专题培训，把公开纳入年度考核，欢迎社会评议，未发生需要责任追究的情形。",
    "健全工作机制，开展考核评估，邀请代表评议，全年没有责任追究情形。",
    "加强组织领导，按季督查通报，考核结果与评优挂钩；社会评议总体满意，无责任追究情况。",
    "定期培训业务骨干，完善考核办法，收集社会评议意见，没有发生责任追究。",
)
PROBLEMS = (
    "公开的及时性有待提高", "政策解读形式较为单一", "基层人员业务不够熟练", "部分栏目更新不勤",
    "与群众互动还不够多", "依申请办理的文书质量参差不齐", "公开目录划分不够细", "各科室配合不够紧密",
    "检索功能不够便捷", "线下查阅点利用率不高",
)  # fmt: skip
MEASURES = (
    "加强业务培训，请专家讲解典型案例", "建立更新台账，按月通报", "多用图解、短视频等形式讲清政策",
    "统一答复文书样式，实行法制审核", "完善目录，细化到事项", "设联络员，每季度会商一次",
    "改进网站检索，补充关键词", "开展开放日活动，听取意见", "把公开任务分解到岗、限时办理",
    "整合线下窗口，提供帮办服务",
)  # fmt: skip


def words_of(
    name: str, year: int, figures: Figures, chance: random.Random, mistake: Mistake | None = None
) -> dict[str, str]:
    """The narrative of a report: its own figures in one of many wordings, with a mistake's words in it."""
    stated = _stated(figures)

    def said(pool: tuple[str, ...]) -> str:
        return chance.choice(pool).format(year=year, name=name, **stated)

    charged = "" if stated["fees"].startswith("-") else said(CHARGED)
    duties = [said(PROACTIVE) + charged, said(MANAGED), said(PLATFORM), said(SUPERVISED)]
    chance.shuffle(duties)
    asked = said(RECEIVED) + said(RESULTS) + _challenges(stated, chance)
    if mistake and mistake.asked:
        asked = mistake.asked(stated)
    order = [asked, *duties] if chance.random() < 0.5 else [*duties[:2], asked, *duties[2:]]
    if mistake and mistake.adds:
        order.insert(chance.randrange(len(order) + 1), mistake.adds)
    problems, measures = chance.sample(PROBLEMS, 3), chance.sample(MEASURES, 3)
    opening = chance.choice(("存在的主要问题：", "回顾一年工作，还有不足：", "我们也看到一些问题："))
    mending = chance.choice(("下一步将", "针对上述问题，采取以下改进措施：", "改进情况："))
    preamble = "本报告依据《中华人民共和国政府信息公开条例》编制，"
    return {
        "preamble": (mistake and mistake.preamble)
        or f"{preamble}所列数据的统计期限为{year}年1月1日至12月31日。",
        "overview": said(OPENINGS) + "\n" + "\n".join(order),
        "problems": (
            f"{opening}一是{problems[0]}；二是{problems[1]}；三是{problems[2]}。"
            f"{mending}一是{measures[0]}；二是{measures[1]}；三是{measures[2]}。"
        ),
        "other": "本年度未收取信息处理费，无其他需要报告的事项。",
    }


def _stated(figures: Figures) -> dict[str, str]:
    """The figures as the form's own formulas make them, by the names of the wordings above."""
    known: Mapping[object, object] = {**figures, **totals_of(figures)}

    def value(name: str) -> Decimal:
        found = known[cell(name)]
        return found if isinstance(found, Decimal) else Decimal(0)

    done = value("applications.dispositions.total[total]")
    granted = value("applications.dispositions.granted[total]")
    others = [
        (value("applications.dispositions.unable_to_provide.not_held[total]"), "本机关不掌握相关信息{}件"),
        (value("applications.dispositions.declined.petition[total]"), "信访举报投诉类申请不予处理{}件"),
        (value("applications.dispositions.other.rest[total]"), "其他处理{}件"),
    ]
    litigation = sum(
        (
            value(f"challenges.{row}[total]")
            for row in ("litigation_direct", "litigation_after_reconsideration")
        ),
        Decimal(0),
    )
    return {
        "received": str(value("applications.received[total]")),
        "brought": str(value("applications.brought_forward[total]")),
        "carried": str(value("applications.carried_forward[total]")),
        "person": str(value("applications.received[natural_person]")),
        "legal": str(value("applications.received[business]")),
        "done": str(done),
        "granted": str(granted),
        "granted_person": str(value("applications.dispositions.granted[natural_person]")),
        "share": f"{granted / done * 100:.2f}",
        "rest": "，".join(words.format(number) for number, words in others if number > 0),
        "reconsideration": str(value("challenges.reconsideration[total]")),
        "upheld": str(value("challenges.reconsideration[upheld]")),
        "litigation": str(litigation),
        "licences": str(value("proactive.licences[decisions]")),
        "penalties": str(value("proactive.penalties[decisions]")),
        "fees": str(value("proactive.fees[amount]")),
    }


def _challenges(stated: Mapping[str, str], chance: random.Random) -> str:
    reconsidered, sued = stated["reconsideration"], stated["litigation"]
    if reconsidered == sued == "0":
        return chance.choice(NONE_CHALLENGED)
    told = "因政府信息公开"
    told += (
        f"被申请行政复议{reconsidered}件，其中维持{stated['upheld']}件"
        if reconsidered != "0"
        else "未发生行政复议"
    )
    return f"{told}，行政诉讼{sued}件。" if sued != "0" else f"{told}；未发生行政诉讼。"
