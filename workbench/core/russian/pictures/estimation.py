"""Labels of maps and charts of models and panels: impacts, bootstraps, growth, ladders."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # growth
    "Beta convergence of {variable}, {when}: {model}": "Бета-конвергенция: {variable}, {when}: "
    "{model}",
    "{periods} to {periods_2}": "{periods}–{periods_2}",
    "Convergence clubs of {variable}, {span}": "Клубы конвергенции: {variable}, {span}",
    "Convergence ladder of {variable}, {when}": "Лестница моделей конвергенции: {variable}, {when}",
    "Sigma convergence of {variable}, {first} to {last}": "Сигма-конвергенция: {variable}, "
    "{first}–{last}",
    "{variable}: dispersion changes by {rate:+.2%} a {unit} on average (p = {p_value})": ""
    "{variable}: дисперсия меняется в среднем на {rate:+.2%} за {unit} (p = {p_value})",
    "{measure} of {variable} by period, from {ends} to {ends_2}, with its trend.": "{measure}, "
    "{variable}, по периодам: от {ends} до {ends_2}, с трендом.",
    "Average growth of {what}, against the log initial level of {n} regions; slope {slope:.3g} "
    "({model}); {facts}.": "Средний рост, {what}, и логарифм начального уровня; регионов: {n}; "
    "наклон {slope:.3g} ({model}); {facts}.",
    "speed {speed:.2%} a {unit}, {tail}": "скорость {speed:.2%} за {unit}, {tail}",
    "{what}. {heading}: {counts} regions.": "{what}. {heading}: регионов {counts}.",
    "no speed is defined": "скорость не определена",
    "years": "лет",
    "units of time": "единиц времени",
    "unit of time": "единицу времени",
    "quarter": "квартал",
    "month": "месяц",
    "no half-life": "полупериода нет",
    "half-life {half:.0f} {units}": "полупериод {half:.0f} {units}",
    "club {i}: {n}": "клуб {i}: {n}",
    "log of the level in {start}": "логарифм уровня, {start}",
    "average growth a {unit}": "средний рост за {unit}",
    "speed of convergence a {unit}": "скорость конвергенции за {unit}",
    "relative to the mean of all regions": "относительно среднего по всем регионам",
    "divergent: {n}": "вне клубов: {n}",
    "trend": "тренд",
    "Speeds: {said}.": "Скорости: {said}.",
    "{name} {effect} {value:.2%}": "{name}, {effect} эффект: {value:.2%}",
    "club {name} ({counts})": "клуб {name} ({counts})",
    "club {name} ({n})": "клуб {name} ({n})",
    "divergent ({n})": "вне клубов ({n})",
    "Map of the clubs": "Карта клубов",
    "Relative transition paths": "Относительные траектории",
    "standard deviation of logarithms": "стандартное отклонение логарифмов",
    "coefficient of variation": "коэффициент вариации",
    # bootstraps
    "bootstrap p = {p_value}": "бутстреп-p = {p_value}",
    "{n} draws, {level:.0%} {interval} intervals": "розыгрышей: {n}; интервалы {interval}, "
    "{level:.0%}",
    "chi-square": "хи-квадрат",
    "normal": "нормальное",
    "{name} where {null}": "{name} при нулевой гипотезе: {null}",
    "Histograms of {n} bootstrap draws, with {level:.0%} {interval} intervals. {told}.": ""
    "Гистограммы бутстреп-розыгрышей ({n}), интервалы {interval}, {level:.0%}. {told}.",
    "Histogram of {size} draws under the null. {facts}.": "Гистограмма розыгрышей при нулевой "
    "гипотезе ({size}). {facts}.",
    "percentile": "процентильные",
    "basic": "базовые",
    "bca": "BCa",
    "studentized": "стьюдентизированные",
    # impacts, influence, covariances
    "{of}{effect} {term} {estimate:.3g} [{low:.3g}, {high:.3g}]": "{of}{effect} {term} "
    "{estimate:.3g} [{low:.3g}; {high:.3g}]",
    "Impacts with their intervals: ": "Эффекты с интервалами: ",
    "Estimates of {wanted} with {level:.0%} intervals under {names}.": "Оценки: {wanted}; "
    "интервалы {level:.0%} при способах: {names}.",
    "Impacts by order of neighbours. Total impacts of {said}.": "Эффекты по порядку соседства. "
    "Полные эффекты: {said}.",
    "Effect of a unit of {term}, {words}": "Эффект единицы: {term}, {words}",
    "in the region itself": "в самом регионе",
    "received from all others": "полученный от всех остальных",
    "given to all others": "переданный всем остальным",
    "Effect of {size:+g} of {term} in {region}": "Эффект изменения {term} на {size:+g}, {region}",
    "Predicted {outcome} ({kind})": "Прогноз: {outcome} ({kind})",
    "beyond": "дальше",
    "order of neighbours": "порядок соседства",
    "Map. {title}: ": "Карта. {title}: ",
    "{low} to {high}": "от {low} до {high}",
    "{source}, outlined: {own}": "{source}, обведён: {own}",
    "interval includes 0 ({n}, hatched)": "интервал включает 0 ({n}, штриховка)",
    "order {o} {v:.3g}": "порядок {o}: {v:.3g}",
    "{what}: with less without the region, in standard errors": "{what}: с регионом минус без "
    "него, в стандартных ошибках",
    "{term}{how}, of {n} regions; the largest is {first} with {value}.": "{term}{how}, "
    "регионов: {n}; наибольшее у {first}: {value}.",
    "up to {texts}": "до {texts}",
    "above {texts}": "выше {texts}",
    "Cook's distance": "расстояние Кука",
    "{effect} impact of {term}": "{effect} эффект, {term}",
    " (one-step approximation)": " (одношаговое приближение)",
    "standard errors": "стандартные ошибки",
    "Most influential regions of {n}": "Самые влиятельные регионы из {n}",
    # panels
    "exposure: {name}": "воздействие: {name}",
    "own treatment": "собственное воздействие",
    "exposure to treated neighbours": "воздействие через соседей",
    "effect": "эффект",
    "Effects by time since treatment on {outcome}, with {level:.0%} intervals and simultaneous "
    "bands.": "Эффекты по времени от начала воздействия, {outcome}; интервалы {level:.0%} и "
    "совместные полосы.",
    "periods since it began": "периодов от начала",
    "Direct, indirect and total impacts over {last} periods after {kind}": "Прямые, косвенные и "
    "полные эффекты за {last} периодов, {kind}",
    "{what}. Totals at the end: {told}.": "{what}. Полные эффекты в конце: {told}.",
    "p = {value:.3f}": "p = {value:.3f}",
    "p < 0.001": "p < 0,001",
    "p {value:.3f}": "p {value:.3f}",
    "Direct, indirect and total impacts by period. Totals in {last}: {told}.": "Прямые, косвенные "
    "и полные эффекты по периодам. Полные в {last}: {told}.",
    "a change that stays": "постоянное изменение",
    "a change for one period": "изменение на один период",
    "no joint test: {reason}": "совместного теста нет: {reason}",
    "all periods together {p_value}": "все периоды вместе {p_value}",
    "Moran's I of residuals by period, from {low:.3f} to {high:.3f}; {outside} of {n} periods "
    "outside the band of 95 %; {facts}.": "I Морана остатков по периодам, от {low:.3f} до "
    "{high:.3f}; вне полосы 95 % — {outside} из {n} периодов; {facts}.",
    "{name} of {variable}: statistics of {n} regions from {low:.2f} ({lowest}) to {high:.2f} "
    "({highest}), mean {mean:.2f}; {facts}; null: {null}.": "{name}, {variable}: статистики "
    "{n} регионов от {low:.2f} ({lowest}) до {high:.2f} ({highest}), среднее {mean:.2f}; "
    "{facts}; нулевая гипотеза: {null}.",
    "period": "период",
    "Moran's I of residuals": "I Морана остатков",
    "periods after the change": "периодов после изменения",
    "95 % without dependence": "95 % без зависимости",
    "Residuals by period: {facts}": "Остатки по периодам: {facts}",
    "mean, {mean:.2f}": "среднее, {mean:.2f}",
    "LM of each region": "LM каждого региона",
    "t of each region": "t каждого региона",
    "a mean below {at:.2f} rejects at 5 %": "среднее ниже {at:.2f} отвергает на уровне 5 %",
    "{effect} impacts with intervals. {said}. Verdicts: {verdicts}.": "{effect} эффект с "
    "интервалами. {said}. Выводы: {verdicts}.",
    "{term}, {name}: {estimate:.3g} [{low:.3g}, {high:.3g}]": "{term}, {name}: {estimate:.3g} "
    "[{low:.3g}; {high:.3g}]",
    "{effect} impacts, with and without common shocks": "{effect} эффект с общими шоками и без них",
    "no spillover, with or without": "перетока нет ни с ними, ни без них",
    # ladder of models
    "indirect {estimate} ± {error}": "косвенный {estimate} ± {error}",
    "Models of {outcome}": "Модели: {outcome}",
    "Models of {outcome}: {strategy} leads to {model}": "Модели: {outcome}; {strategy} ведёт к "
    "{model}",
    "Models of {outcome}: {strategy} cannot tell ({either})": "Модели: {outcome}; {strategy} не "
    "различает ({either})",
    "Models of {outcome}: {strategy} cannot be followed": "Модели: {outcome}; {strategy} "
    "неприменима",
    "Lattice of {n} models from OLS at the bottom to GNS at the top, with BIC{impact}; smallest "
    "BIC: {best} ({smallest}, probability {share:.2f}).{said}{failed}": "Решётка моделей ({n}) "
    "от OLS внизу до GNS вверху, с BIC{impact}; наименьший BIC: {best} ({smallest}, вероятность "
    "{share:.2f}).{said}{failed}",
    "no indirect impact": "нет косвенного эффекта",
    "p: likelihood-ratio test of the smaller model within the larger, bold where it rejects at "
    "{level:.0%}; dashed: common factor": "p: тест отношения правдоподобия меньшей модели в "
    "большей, жирно при отклонении на {level:.0%}; пунктир: общий множитель",
    " Strategy {strategy}: {answer}, {reason}.": " Стратегия {strategy}: {answer}, {reason}.",
    " Not estimated: {failures}.": " Не оценены: {failures}.",
    ", and the indirect impact of {term}": ", а также косвенным эффектом {term}",
    "indirect: impact of {term} ± standard error": "косвенный: эффект {term} ± стандартная ошибка",
    "red: restrictions that {strategy} looks at": "красным: ограничения, которые проверяет "
    "{strategy}",
    " or ": " или ",
    "BIC {bic:.1f}": "BIC {bic:.1f}",
    "probability {share:.2f}": "вероятность {share:.2f}",
    "no likelihood": "нет правдоподобия",
    "not estimated": "не оценена",
    "Posterior probabilities, with their range over other priors: {said}.": "Апостериорные "
    "вероятности и их размах по другим априорным: {said}.",
    "{told} {p:.2f} [{a:.2f}, {b:.2f}]": "{told} {p:.2f} [{a:.2f}; {b:.2f}]",
    "posterior probability; line: from the lowest to the highest of the priors": "апостериорная "
    "вероятность; линия: от наименьшей до наибольшей по априорным",
    # logits
    "{level:.0%} interval": "интервал {level:.0%}",
    "probability: {outcome}": "вероятность: {outcome}",
    "Probability of {outcome} along {term}": "Вероятность {outcome} вдоль {term}",
    "{heading}: from {low:.3f} at {first:.4g} to {high:.3f} at {last:.4g}.": ""
    "{heading}: от {low:.3f} при {first:.4g} до {high:.3f} при {last:.4g}.",
    "{heading}: from {low:.3f} at {first:.4g} to {high:.3f} at {last:.4g}; one half at "
    "{half:.4g}.": ""
    "{heading}: от {low:.3f} при {first:.4g} до {high:.3f} при {last:.4g}; одна вторая при "
    "{half:.4g}.",
    "{name} {low:.1f} to {high:.1f}": "{name} от {low:.1f} до {high:.1f}",
    "Null deviances implied by printed rows: {said}. Sample: {expected:.1f}.": ""
    "Нулевые девиансы, следующие из напечатанных строк: {said}. Выборка: {expected:.1f}.",
    "null deviance that criterion and R-squared imply (n = {n}, events: {m})": ""
    "нулевая девианса из критерия и R² (n = {n}, событий: {m})",
    "{rows} printed logits, read with n = {n}, {m} events": ""
    "Напечатанных логит-моделей: {rows}; прочитаны при n = {n}, событий {m}",
    "events": "события",
}
