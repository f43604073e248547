"""Survey: questionnaires returned and what they say; samples get an interval."""

from __future__ import annotations

from collections.abc import Mapping

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, composition, each_over, ratio, share
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="有效问卷回收率（占发放问卷）", en="Response rate (valid of questionnaires issued)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="有效问卷 ÷ 发放问卷（不含对社区工作者的问卷）",
                    en="valid questionnaires ÷ questionnaires issued (surveys of community workers left out)"),
    defined_by="000-1",
)
def response_rate(questionnaires_valid: Quantity, questionnaires_issued: Quantity) -> Ratio:
    """Valid questionnaires in percent of those issued, by place; NaN where none was issued."""
    return share(questionnaires_valid, questionnaires_issued)


@indicator(
    label=Text(zh="满意率（占该题有效回答）", en="Satisfaction rate (of valid answers to the question)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="满意的回答 ÷ 该题有效回答", en="satisfied answers ÷ valid answers to the question"),
    defined_by="000-1",
    sample=True,
)
def satisfaction_rate(satisfied_answers__topic: Mapping[str, Quantity],
                      valid_answers__topic: Mapping[str, Quantity]) -> dict[str, Ratio]:
    """Satisfied answers in percent of the question's valid answers, by place and topic; NaN without answers."""
    return each_over(satisfied_answers__topic, valid_answers__topic, per=100)


@indicator(
    label=Text(zh="意见占比（占该题有效回答）", en="Share holding the opinion (of answers to the question)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="持该意见的回答 ÷ 该题有效回答", en="answers holding the opinion ÷ answers to the question"),
    defined_by="000-1",
    sample=True,
)
def opinion_share(agreeing_answers__opinion: Mapping[str, Quantity],
                  opinion_answers__opinion: Mapping[str, Quantity]) -> dict[str, Ratio]:
    """Answers holding an opinion in percent of answers to it, by place and opinion; NaN without answers."""
    return each_over(agreeing_answers__opinion, opinion_answers__opinion, per=100)


@indicator(
    label=Text(zh="从业动机占比（占受访者）", en="Share by motive (of respondents)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="选择该动机的回答 ÷ 受访者", en="answers naming the motive ÷ respondents"),
    defined_by="000-2",
    sample=True,
)
def motive_share(motive_answers__motive: Mapping[str, Quantity], questionnaire_respondents: Quantity,
                 ) -> dict[str, Ratio]:
    """Answers for each motive in percent of respondents, by place and motive; NaN without respondents."""
    return composition(motive_answers__motive, questionnaire_respondents)


@indicator(
    label=Text(zh="职业前景看法占比（占受访者）", en="Share by outlook on the occupation (of respondents)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="持该看法的回答 ÷ 受访者", en="answers with the outlook ÷ respondents"),
    defined_by="000-2",
    sample=True,
)
def outlook_share(outlook_answers__outlook: Mapping[str, Quantity], questionnaire_respondents: Quantity,
                  ) -> dict[str, Ratio]:
    """Answers for each outlook in percent of respondents, by place and outlook; NaN without respondents."""
    return composition(outlook_answers__outlook, questionnaire_respondents)


@indicator(
    label=Text(zh="可接受率（一般及以上，占五档有效答案，各题合并）",
               en="Acceptance rate (fair or better, of valid answers on the scale of five, all questions)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="（很满意 + 满意 + 一般）÷ 五档有效答案",
                    en="(very satisfied + satisfied + fair) ÷ valid answers on the scale of five"),
    defined_by="satisfaction_surveys",
    pooled=True,
)
def acceptance_rate(ratings__best: Quantity, ratings__good: Quantity, ratings__fair: Quantity,
                    ratings: Quantity) -> Ratio:
    """Answers of fair or better in percent of valid answers, by place; NaN without answers."""
    return share(ratings__best + ratings__good + ratings__fair, ratings)


@indicator(
    label=Text(zh="满意度指数（占满分，五档有效答案，各题合并）",
               en="Satisfaction index (of the highest score, valid answers on the scale of five, all questions)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="（很满意 + 0.75 × 满意 + 0.5 × 一般 + 0.25 × 不满意）÷ 五档有效答案",
                    en="(very satisfied + 0.75 satisfied + 0.5 fair + 0.25 dissatisfied) ÷ valid answers on the scale of five"),
    defined_by="satisfaction_surveys",
    pooled=True,
)
def satisfaction_index(ratings__best: Quantity, ratings__good: Quantity, ratings__fair: Quantity,
                       ratings__poor: Quantity, ratings: Quantity) -> Ratio:
    """Score reached in percent of the highest, by place; 0 where all are very dissatisfied, NaN without answers."""
    return ratio(ratings__best + 0.75 * ratings__good + 0.5 * ratings__fair + 0.25 * ratings__poor, ratings, per=100)
