"""Labels of charts of hypotheses: verdicts, specification curves, placebos, power, evidence."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # verdicts
    "{answer}\np = {p}{more}": "{answer}\np = {p}{more}",
    "Verdicts of {n} hypotheses with intervals. {told}.": "Выводы о гипотезах ({n}) с интервалами. "
    "{told}.",
    ", adjusted {adjusted}": ", скорр. {adjusted}",
    ", in halves of each interval's width": ", в половинах ширины каждого интервала",
    "; without one, by the p-value": "; без интервала — по p",
    "estimate less the value of the hypothesis{unit}": "оценка минус значение гипотезы{unit}",
    # specification curves
    "{statement}: of {estimated} estimated specifications {supported} support, {contradicted} "
    "contradict and {cannot_tell} cannot tell; bars by {by}.": "{statement}: из {estimated} "
    "оценённых спецификаций подтверждают {supported}, противоречат {contradicted}, не позволяют "
    "судить {cannot_tell}; полосы: {by}.",
    "{statement}: median {median} with all regions; the region that moves it most is {first}: "
    "{first_2} without it.": "{statement}: медиана по всем регионам {median}; сильнее всего её "
    "сдвигает {first}: без него {first_2}.",
    "of the specifications with an estimate (right: how many + without one)": "от спецификаций "
    "с оценкой (справа: сколько их + без оценки)",
    "share of the variance over the chosen grid": "доля дисперсии на выбранной сетке",
    "Variance of the {quantity}: {shares}.": "Дисперсия, {quantity}: {shares}.",
    "variance of the {quantity}": "дисперсия: {quantity}",
    "estimate": "оценка",
    "statistic": "статистика",
    "{n} supported": "подтверждают: {n}",
    "{n} cannot tell": "нельзя судить: {n}",
    "{n} contradicted": "противоречат: {n}",
    "{n} not applicable": "неприменимы: {n}",
    "{n} failed": "не оценились: {n}",
    "sample": "выборка",
    "weights": "матрица весов",
    "outcome": "результат",
    "model": "модель",
    "method": "метод",
    "effects": "эффекты",
    "covariance": "ковариация",
    "periods": "периоды",
    "interactions of two": "взаимодействия двух",
    "rest": "остальное",
    "all specifications": "все спецификации",
    "median estimate without the region": "медиана оценок без региона",
    "share supported without it": "доля подтверждений без него",
    "{name}: p = {p}": "{name}: p = {p}",
    "{name}: p = {p_value}": "{name}: p = {p_value}",
    "{restriction}: joint p = {p_value}": "{restriction}: совместное p = {p_value}",
    "specifications, by estimate": "спецификации, по оценке",
    "95 % of curves under the null": "95 % кривых при нулевой гипотезе",
    "{n} estimates in their order, {outside} of them outside the band of {n_2} curves under the "
    "null. {told}.": "Оценок по порядку: {n}, из них вне полосы {n_2} кривых при нулевой "
    "гипотезе: {outside}. {told}.",
    "supported of": "подтв. из",
    "{out} estimates beyond the edge": "оценок за краем: {out}",
    "{long} intervals cut at the edge": "интервалов обрезано: {long}",
    "{n} estimates of {specifications} specifications: ": "Оценок {n} из {specifications}: ",
    "median {estimate}": "медиана {estimate}",
    "value {value}": "значение {value}",
    "; without an estimate: ": "; без оценки: ",
    "{name}: {n} estimates from {low} to {high}, median {estimate}; ": "{name}: оценок {n}, от "
    "{low} до {high}, медиана {estimate}; ",
    "positive": "положительно",
    "negative": "отрицательно",
    "positive_significant": "значимо положительно",
    "negative_significant": "значимо отрицательно",
    # scales
    "{statement}, estimates by scale: {parts}.": "{statement}, оценки по масштабу: {parts}.",
    "\n{lost} of {n} partitions have no estimate": "\nбез оценки {lost} из {n} разбиений",
    "{scale}, {regions} regions: {median}": "{scale}, регионов {regions}: {median}",
    "their median": "их медиана",
    "the regions themselves": "сами регионы",
    "number of regions (fewer and larger to the right)": "число регионов (правее — меньше и "
    "крупнее)",
    "90 % of random zones": "90 % случайных зон",
    "their median interval": "их медианный интервал",
    "base": "исходный",
    # placebos
    "real map {at}": "настоящая карта {at}",
    "% of wrong maps significant\n(dashed: the level, {alpha:.0%})": "% значимых ложных карт\n"
    "(пунктир: уровень {alpha:.0%})",
    "the real outcome": "настоящий результат",
    "statistic of {what}": "статистика: {what}",
    "{name}\n(long ticks: wrong maps significant at {alpha}; band: interval)": "{name}\n(длинные "
    "штрихи: ложные карты, значимые на {alpha}; полоса: интервал)",
    "no draw could be estimated": "ни один розыгрыш не оценён",
    "p = {p}": "p = {p}",
    "p = {p_adjusted}": "p = {p_adjusted}",
    "{words} (p adjusted for all; filled: rejected)": "{words} (p скорректировано по всем; "
    "закрашено: отвергнуто)",
    "{restriction}: the real map among wrong ones": "{restriction}: настоящая карта среди ложных",
    "{restriction}: outcomes it cannot move": "{restriction}: результаты, на которые она не влияет",
    "regions exchanged\nat random": "регионы случайно\nпереставлены",
    "links exchanged\nat random": "связи случайно\nпереставлены",
    "map turned\nor mirrored": "карта повёрнута\nили отражена",
    "map turned,\nneighbours with it": "карта повёрнута\nвместе с соседями",
    # power and recovery
    "The power is {target:.0%} from {minimum} on.": "Мощность {target:.0%} начиная с {minimum}.",
    "No value reaches a power of {target:.0%}.": "Ни одно значение не даёт мощности {target:.0%}.",
    "Power of {restriction} ({model})": "Мощность: {restriction} ({model})",
    "Power of {restriction} over true values. {told}": "Мощность: {restriction}, по истинным "
    "значениям. {told}",
    "standard deviations of the disturbance per one of {unit_term}": "стандартных отклонений "
    "ошибки на единицу: {unit_term}",
    "Bias, standard errors and coverage of {n} quantities over {draws} draws. ": "Смещение, "
    "стандартные ошибки и покрытие; величин: {n}, розыгрышей: {draws}. ",
    "Recovery over {draws} draws at the estimate": "Восстановление оценки; розыгрышей: {draws}",
    "true {estimand}": "истинное значение: {estimand}",
    "power": "мощность",
    "simulated ({draws} draws each)": "моделирование (розыгрышей: {draws})",
    "bias / true scatter": "смещение / истинный разброс",
    "standard error / true scatter": "станд. ошибка / истинный разброс",
    "coverage of {level:.0%} intervals": "покрытие интервалов {level:.0%}",
    "Off: {off}.": "Отклоняются: {off}.",
    "All sound.": "Всё в порядке.",
    "seen from {minimum}": "видно с {minimum}",
    "formula": "формула",
    # evidence and referee
    "How {n} lines of evidence on {claims} read: {told}. Lines that fail: {worst}.": "Свидетельств "
    "о {claims}: {n}; {told}. Не выдержано: {worst}.",
    "the spillovers": "перетоки",
    "{shown}  (p = {p})": "{shown}  (p = {p})",
    "What identifies {result} ({model})": "Что идентифицирует {result} ({model})",
    "Referee's checklist of {statement}. {told}.": "Вопросы рецензента: {statement}. {told}.",
    "Referee's checklist: {statement}": "Вопросы рецензента: {statement}",
    "{statement}, as reported (band) and otherwise": "{statement}, как сообщено (полоса) и иначе",
    "{kept} of {n} say the same": "то же говорят {kept} из {n}",
}
