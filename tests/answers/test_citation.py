"""Units to quotes, quotes to citations."""

from rag.answers.citation import Quote, cite, quotes, remarks
from tests.handmade import group_of

LIST = "# Baker\n\n## Duties (2024 survey)\n\nBakers must:\n\n- knead 20 loaves\n- heat the oven\n- sweep the floor\n"


def texts(found: list[Quote]) -> list[str]:
    return [quote.text for quote in found]


def test_units_that_follow_each_other_are_one_quote() -> None:
    group = group_of(LIST)
    assert texts(quotes(group, [0, 1], 0.5)) == ["Bakers must:\n\n- knead 20 loaves"]
    assert texts(quotes(group, [1, 3], 0.5)) == ["knead 20 loaves", "sweep the floor"]


def test_the_likeliest_unit_is_marked_where_there_are_others() -> None:
    group = group_of(LIST)
    assert [quote.best for quote in quotes(group, [0, 2], 0.5, best=2)] == [None, None]
    [quote] = quotes(group, [0, 1, 2], 0.5, best=1)
    assert quote.best == 1 and [part.best for part in quote.citation(1).parts] == [False, True, False]


def test_a_score_is_a_probability() -> None:
    group = group_of(LIST)
    assert [quotes(group, [0], score)[0].score for score in (-0.5, 0.25, 3.0)] == [0.0, 0.25, 1.0]


def test_a_sentence_that_a_page_break_cuts_is_quoted_whole() -> None:
    first, rest = "Bakers work at night, and before the shop opens they knead all of the", "dough of the coming day by hand."
    group = group_of(f"# Baker\n\nThe day starts early. {first}\n\n{rest} Then they rest until the evening comes.\n")
    cut = [group.text(at) for at in range(len(group.units))].index(first)
    for one in (cut, cut + 1):
        assert texts(quotes(group, [one], 0.5)) == [f"{first}\n\n{rest}"]
    assert texts(quotes(group, [cut - 1], 0.5)) == ["The day starts early."]


def test_citations_are_numbered_and_a_quote_within_another_is_left_out() -> None:
    group = group_of(LIST)
    whole, part, other = quotes(group, [0, 1], 0.5)[0], quotes(group, [1], 0.5)[0], quotes(group, [3], 0.5)[0]
    text, segments, citations = cite([whole, part, other])
    assert [citation.number for citation in citations] == [1, 2]
    assert text == f"{whole.text}\n\n{other.text}"
    assert [text[segment.start : segment.end] for segment in segments] == [whole.text, other.text]
    assert all(c.document.text[c.start : c.end] == c.quote for c in citations)


def test_a_header_row_or_lead_in_stands_over_its_row_and_is_numbered_after_it() -> None:
    group = group_of(
        "# Baker\n\n## Pay\n\nOf 2024:\n\n| Level | Rate |\n|---|---|\n| Trainee | $11 |\n| Baker | $17 |\n| Master | $25 |\n"
    )
    heads = [at for at, unit in enumerate(group.units) if unit.kind == "lead"]
    trainee, baker, master = (at for at, unit in enumerate(group.units) if unit.kind == "row")
    for rows, shown in (([baker], [2, 1]), ([baker, master], [2, 1]), ([trainee, master], [1, 2])):
        found = quotes(group, [*heads, *rows], 0.5)
        text, segments, citations = cite(found)
        assert [segment.number for segment in segments] == shown and text == "\n\n".join(texts(found))
        assert [text[segment.start : segment.end] for segment in segments] == [citations[at - 1].quote for at in shown]
    assert cite(quotes(group, heads, 0.5))[2][0].number == 1


def test_a_date_over_figures_is_remarked() -> None:
    group = group_of(LIST)
    assert remarks(group, [0, 1]) == ("The guide heads these figures “2024 survey”.",)
    assert remarks(group, [0, 2]) == ()


def test_several_items_of_a_longer_list_are_remarked_and_one_alone_is_not() -> None:
    group = group_of(LIST)
    assert remarks(group, [0, 2, 3])[-1] == remarks(group, [2, 3])[0] == "2 of the list’s 3 items are quoted here."
    assert remarks(group, [0, 3]) == () and "items" not in " ".join(remarks(group, [0, 1, 2, 3]))
    nested = group_of("# Baker\n\n## Day\n\n- morning\n  - knead\n  - bake\n- noon\n  - sell\n- night\n")
    assert remarks(nested, [0, 1, 2, 3, 4]) == ("2 of the list’s 3 items are quoted here.",)
    assert remarks(nested, [0, 1, 2]) == () and remarks(nested, range(6)) == ()


def test_the_label_and_the_columns_that_a_quote_lacks_are_remarked() -> None:
    nested = group_of("# Baker\n\n## Pay\n\n- By grade\n  - trainee: low\n  - master: high\n")
    assert remarks(nested, [1]) == ("Listed under “By grade”.",)
    rows = group_of("# Baker\n\n## Pay\n\n| Grade | Pay |\n|---|---|\n| trainee | low |\n")
    assert remarks(rows, [1]) == ("The table’s columns are “Grade | Pay”.",)
