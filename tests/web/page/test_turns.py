"""Answers laid out: where the number stands, what is folded, what a note says, in which language."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.reply import Answer, Citation
from tests.scenes import HOAE, SEED, TURBINE, Scenes
from web.addresses import Thread
from web.page.assets import render
from web.page.export import said
from web.page.layout import Element, Run, Span
from web.page.turns import folding, make_turn

SCENES = Scenes()


def numbered(elements: Sequence[Element]) -> list[tuple[str, tuple[int, ...]]]:
    """What stands right before each number."""
    spans = [span for element in elements for below in element.walk() for span in below.spans]
    return [("".join(run.text for run in span.runs)[-20:], span.closes) for span in spans if span.closes]


def cites(*runs: tuple[str, str]) -> Answer:
    """An answer that quotes runs of the seed guide, each from its first words to its last."""
    return SCENES.answered("Q", *(SCENES.cite(number, SEED, *run) for number, run in enumerate(runs, 1)))


def test_the_number_of_a_list_stands_on_its_lead_in() -> None:
    turn = make_turn(SCENES.listing("Q"))
    assert numbered(turn.quotes) == [("nsibilities include:", (1,))]
    assert [element.kind for element in turn.quotes] == ["paragraph", "list"]


def test_the_number_of_prose_after_a_list_stands_at_its_end() -> None:
    turn = make_turn(cites(("Key responsibilities include: - **Leadership", "business acumen.")))
    assert [element.kind for element in turn.quotes] == ["paragraph", "list", "paragraph"]
    assert numbered(turn.quotes) == [("and business acumen.", (1,))]


def test_lone_items_make_one_list_each_with_its_number() -> None:
    turn = make_turn(
        cites(("Skill Gap:", "skills"), ("Rapid Technological Changes", "relevant"), ("Base Salary Range", "per year"))
    )
    assert [(element.kind, len(element.children)) for element in turn.quotes] == [("list", 3)]
    assert [closes for _, closes in numbered(turn.quotes)] == [(1,), (2,), (3,)]


def test_rows_under_their_header_make_one_table_each_with_its_number() -> None:
    header, trainee, lead = ("Grade | Experience", "yearly pay"), ("Trainee |", "$44,700"), ("Lead technician |", "$81,600")
    citations = [SCENES.cite(number, TURBINE, *run) for number, run in ((2, header), (1, trainee), (3, lead))]
    turn = make_turn(SCENES.answered("Q", *citations))
    assert [(element.kind, [row.level for row in element.children]) for element in turn.quotes] == [("table", [1, 0, 0])]
    assert [closes for _, closes in numbered(turn.quotes)] == [(2,), (1,), (3,)]
    other = replace(citations[2], passage=replace(citations[2].passage, group=-1))
    assert len(make_turn(SCENES.answered("Q", *citations[:2], other)).quotes) == 2


def test_more_than_8_items_or_160_words_are_folded_and_counted_as_items() -> None:
    long = make_turn(SCENES.long("Q"))
    shown, folded = (sum(len(element.children) for element in part) for part in (long.quotes, long.folded))
    assert (long.fold, shown + folded) == ("Show all 9 items", 9) and folded > 0
    assert [closes for _, closes in numbered([*long.quotes, *long.folded])] == [(n,) for n in range(1, 10)]
    assert make_turn(SCENES.definition("Q")).fold == ""


def test_a_list_that_is_cut_goes_on_with_its_numbers() -> None:
    items = [Element("item", [Span((1,), [Run(f"item {at}")])]) for at in range(12)]
    shown, folded, label = folding([Element("list", children=items, first=1)])
    assert ([one.first for one in (*shown, *folded)], label) == ([1, 9], "Show all 12 items")
    assert folding([Element("list", children=items[:8], first=1)])[1:] == ([], "")


def test_a_list_of_one_is_said_as_a_sentence() -> None:
    turn = make_turn(cites(("Skill Gap:", "skills")))
    assert [element.kind for element in turn.quotes] == ["paragraph"]


def test_a_note_says_where_the_words_stand_and_whose_they_are() -> None:
    note = make_turn(SCENES.definition("Q")).notes[1]
    assert (note.path, note.guide) == ("More Careers › Head of Analytics Engineering", "Lead Data Science Engineer")
    told = make_turn(SCENES.table("Q")).notes[1]
    assert told.path == "Pay"
    assert told.guide == "Wind Turbine Technician · guides.example.org · collected 2025-03-11"
    assert note.place == "Head of Analytics Engineering · Lead Data Science Engineer"
    assert note.label == "Source 1: Head of Analytics Engineering, in Lead Data Science Engineer"


def shown(answer: Answer) -> str:
    context = {"turn": make_turn(answer), "export": True, "last": False, "editing": 0, "step": ("", "")}
    return render("_turn.html", context)


def test_a_guide_in_another_language_and_a_page_of_a_file_are_said() -> None:
    def german(citation: Citation) -> Citation:
        return replace(citation, document=replace(citation.document, language="de", page_starts=(0, 100)))

    answer = SCENES.definition("Q")
    html = shown(replace(answer, citations=tuple(map(german, answer.citations))))
    assert html.count('class="qt" data-c="1" lang="de"') == 1 and '<strong lang="de">' in html
    assert "Lead Data Science Engineer · page 2<" in html
    assert "lang=" not in shown(answer)


def test_the_best_unit_is_marked_unless_it_is_the_whole_quote() -> None:
    html = shown(SCENES.best("Q"))
    best = re.findall(r'<span class="qt best" data-c="1">(.*?)</span>', html)
    assert (
        "".join(best)
        == "<strong>Team Management</strong>: Leading, mentoring, and developing a team of analytics and data engineers."
    )
    whole = SCENES.definition("Q")
    parts = tuple(replace(part, best=True) for part in whole.citations[0].parts)
    assert "best" not in shown(replace(whole, citations=(replace(whole.citations[0], parts=parts), *whole.citations[1:])))


def test_what_was_asked_for_and_is_not_given_stands_above_the_quotes() -> None:
    html = shown(SCENES.partly("Q"))
    line = "The guides give no figures for the UK. They give these for the US market, 2024."
    assert html.index(line) < html.index("Base Salary Range")
    assert "The guides give no figures" not in shown(SCENES.figures("Q"))


def test_near_passages_are_unnumbered_marked_and_lead_to_their_place() -> None:
    turn = make_turn(SCENES.nearest("Q"), Thread(("Before?",)))
    assert [near.place for near in turn.near][1:] == [
        "Pay · Wind Turbine Technician",
        "Director of Applied Science · Lead Data Science Engineer",
    ]
    assert all(re.fullmatch(r"/guide/[\w-]+\?at=\d+-\d+&n=0&q=Before%3F&q=Q#q0", near.href) for near in turn.near)
    assert [element.kind for near in turn.near for element in near.elements] == ["paragraph", "table", "list"]
    html = shown(SCENES.nearest("Q"))
    assert re.findall("<mark>(.*?)</mark>", html) == ["remote", "yearly pay"]
    assert 'class="c"' not in html and "<sup>" not in html


def test_where_passages_are_near_no_other_questions_are_offered() -> None:
    assert make_turn(SCENES.near("Q")).next and not make_turn(SCENES.nearest("Q")).next


def test_what_was_asked_in_the_conversation_is_not_offered_again() -> None:
    offered = [one.question for one in make_turn(SCENES.definition("Q")).next]
    assert offered == ["What are the key responsibilities?", "How is it different from a Director of Applied Science?"]
    later = make_turn(SCENES.definition("Q"), Thread(("what are the KEY responsibilities",)))
    assert [one.question for one in later.next] == offered[1:]


def test_careers_are_links_by_name_that_ask_about_them() -> None:
    turn = make_turn(SCENES.careers("Q"))
    assert (len(turn.careers), turn.next) == (19, [])
    assert turn.careers[0].label == "Air Traffic Controller" and turn.careers[0].href.endswith(
        "q=What+does+the+Air+Traffic+Controller+do%3F#turn-2"
    )
    html = shown(SCENES.careers("Q"))
    assert "Show all 19 careers" in html and html.count("<li><a href=") == 19


def test_the_rest_of_many_careers_is_a_link_whatever_their_names_hold() -> None:
    message = "Nothing in the guides answers this. They cover Health and Safety Engineer, Nurse, Baker, Welder and 3 more."
    html = shown(replace(SCENES.far("Q"), message=message))
    assert 'Health and Safety Engineer, Nurse, Baker, Welder and <a href="/coverage">3 more</a>.</p>' in html


def test_a_comparison_shows_every_quote_once_in_its_cell() -> None:
    turn = make_turn(SCENES.comparison("Q"))
    assert turn.table is not None and not turn.table.by_career and turn.table.columns == [HOAE, "Director of Applied Science"]
    cells = [[cell.number if cell else None for cell in cells] for _, cells in turn.table.rows]
    assert cells == [[1, 2], [3, 4], [None, 5]] and turn.quotes == []
    assert shown(SCENES.comparison("Q")).count('<span class="ours">not said</span>') == 1


def test_many_careers_under_one_topic_stand_under_each_other() -> None:
    answer = SCENES.across("Q")
    turn = make_turn(answer)
    assert answer.comparison is not None and turn.table is not None and turn.table.by_career
    assert turn.table.columns == ["Education"]
    rows = [(career, [cell.number if cell else None for cell in cells]) for career, cells in turn.table.rows]
    assert rows == [("Director of Applied Science", [1]), (HOAE, [2]), ("Knowledge Engineer", [None])]
    html = shown(answer)
    assert '<th scope="row" role="rowheader">Knowledge Engineer</th>' in html and "not said" in html
    lines = list(said(turn, "[{}]".format, str))
    assert "|  | Education |" in lines and "| Knowledge Engineer | not said |" in lines
