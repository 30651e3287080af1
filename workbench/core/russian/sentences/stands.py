"""Questions of a sceptical reader, and whether a statement stands under other choices."""

from __future__ import annotations

FORMS: dict[str, str] = {
    "Does the result depend on the choice of W?": "Зависит ли результат от выбора W?",
    "Are spillovers stated as impacts, or read off coefficients?": (
        "Представлены ли перетоки как эффекты, или они взяты из коэффициентов?"
    ),
    "Are regressors endogenous?": "Эндогенны ли регрессоры?",
    "Are spillovers only shocks that regions have in common?": (
        "Не являются ли перетоки лишь общими шоками регионов?"
    ),
    "Do standard errors allow for errors that are correlated in space?": (
        "Учитывают ли стандартные ошибки пространственную корреляцию возмущений?"
    ),
    "Do the errors have one variance?": "Одинакова ли дисперсия возмущений?",
    "How many tests were made, and does the finding survive that?": (
        "Сколько сделано тестов, и выдерживает ли это вывод?"
    ),
    "Which regions have no neighbours, or neighbours by decree?": (
        "У каких регионов нет соседей или соседи назначены?"
    ),
    "Does the treatment of zeros and counts decide the result?": (
        "Зависит ли результат от обращения с нулями и счётными данными?"
    ),
    "Does one region carry the result?": "Не держится ли результат на одном регионе?",
    "Do estimated fixed effects bias the estimates?": (
        "Смещают ли оценки оценённые фиксированные эффекты?"
    ),
    "Would other borders or another scale give another answer?": (
        "Дали бы другие границы или другой масштаб иной ответ?"
    ),
    "Are sample and W of the same regions?": "Относятся ли выборка и W к одним и тем же регионам?",
    "Does the model stand against those it contains and those that contain it?": (
        "Выдерживает ли модель сравнение с вложенными в неё и с объемлющими её?"
    ),
    "Are intervals right with so few regions and errors that are not normal?": (
        "Верны ли интервалы при столь малом числе регионов и ненормальных ошибках?"
    ),
    "Can the regressors and their lags be told apart?": "Различимы ли регрессоры и их лаги?",
    "Are the series stationary?": "Стационарны ли ряды?",
    "What holds constant what changes in time and place?": (
        "Чем учтено то, что меняется во времени и пространстве?"
    ),
    "Is the relation linear in these terms?": "Линейна ли зависимость от этих переменных?",
    "Is the maximum one, and inside its interval?": (
        "Единствен ли максимум, и лежит ли он внутри интервала?"
    ),
    "What could these data have found?": "Что могли бы обнаружить эти данные?",
    "Could somebody else get the same numbers?": "Получит ли кто-то другой те же числа?",
    # whether a statement stands
    "{claim} is {reported} ({says}) as reported.": "{claim}: в исследовании {reported} ({says}).",
    "Under {n:n} {under} ({names}) the estimate is the same, p-values from {least:n} to {most:n}; "
    "{agreement}.": (
        "{under} ({names}), всего {n}: оценка та же, p-значения от {least} до {most}; {agreement}."
    ),
    "Under {n:n} {under} ({names}) estimates run from {low:n} to {high:n}, p-values from {least:n} "
    "to {most:n}; {agreement}.": (
        "{under} ({names}), всего {n}: оценки от {low} до {high}, p-значения от {least} до "
        "{most}; {agreement}."
    ),
    "Not to be estimated: {names} (reasons in the table).": (
        "Не удалось оценить: {names} (причины в таблице)."
    ),
    "{claim} is {reported} ({says}) as reported; without {count:n} {noun}: {value:n} [{low:n}, "
    "{high:n}], {p} ({also}).": (
        "{claim}: в исследовании {reported} ({says}); без регионов, которых {count}, — {value} "
        "[{low}; {high}], {p} ({also})."
    ),
    "{claim} is {reported} ({says}) as reported; {name}: {value:n} [{low:n}, {high:n}], {p} "
    "({also}).": (
        "{claim}: в исследовании {reported} ({says}); {name} — {value} [{low}; {high}], {p} "
        "({also})."
    ),
    "all {n:n} say the same": "вывод тот же, {n} из {n}",
    "{count:n} of {n:n} say {says}: {names}": "{count} из {n} дают вывод «{says}»: {names}",
    "other weights": "Другие веса",
    "estimators that take common factors out": "Оценки без общих факторов",
    "covariances that allow for dependence": "Ковариации, допускающие зависимость",
    "estimates that allow for variances that differ": "Оценки, допускающие разные дисперсии",
    "other treatments of zeros": "Другое обращение с нулями",
    "samples without these regions": "Выборки без этих регионов",
    "other ways to an interval": "Другие способы построить интервал",
    "other effects": "Другие эффекты",
    "other aggregations": "Другие агрегирования",
    # alternatives by name
    "{names} and {more:n} more": "{names} и ещё {more}",
    "{n:n} nearest": "{n} {n:ближайший|ближайших|ближайших}",
    "within {n:n} km": "не дальше {n} км",
    "{c:n} + {name:one}": "{c} + {name}",
    "Conley {n:n} km": "Конли, {n} км",
    "cce": "CCE",
    "Poisson counts": "пуассоновская модель счёта",
    "Monte Carlo": "Монте-Карло",
    "first differences": "первые разности",
}
