"""Random scenes, with texts that are meant to break a document."""

from hypothesis import strategies as st

from circuits.draw.scene import Command, Path, Scene, Tag, Text

HOSTILE = (
    "", " ", "$", "$$", "\\", "\\\\", "{", "}", "}{", "{}", "^", "_", "a^b^c", "x_", "%", "#1", "&", "~", "'", "''", "\"'`", "--", "?`", "!`", "<<>>",
    "\\input{/etc/passwd}", "\\end{tikzpicture}", "\\write18{ls}", "\\def\\a{\\a}\\a", "\\foo", "\\mathbf", "\\frac{a}", "\\frac{}{}", "\\sqrt{}",
    "\\left(", "\\bar{\\bar{\\bar{x}}}", "{" * 40 + "x" + "}" * 40, "x" * 500, "</title><script>", "]]>", "<!--", "&amp;", "&#0;", "\x00\x1b\x7f", "\ud800",
    "\ufffe\uffff", "a\nb\tc\r", "\N{RIGHT-TO-LEFT OVERRIDE}ab", "éλ字", "Ångström naïve façade", "\N{GRINNING FACE}", "e\u0301\u0323", "x²", "½", "ﬁ", "\\mathbb{e}",
    "\\mathbb{E}", "\\mathcal{L}", "\\sum_{i=1}^n x_i", "x''_1^2", "\\mathrm{a\\,b}", "\\bar x", "\\hat{\\mathbf{x}}_t", "\\%\\#\\$\\_\\{\\}", "a\\ b",
)  # fmt: skip
PIECES = (
    "x", "k", "1", "+", "-", "=", "'", "_", "^", "{", "}", "\\bar", "\\mathbf", "\\lambda", "\\frac", "\\sqrt", "\\tanh", "\\star", "\\max", "\\sum", "\\,", "\\", "$", "%", "é", "字", " ", "\\mathbb", "E",
)  # fmt: skip
FONTS = ("math", "sans", "sans bold", "mono")

texts = st.sampled_from(HOSTILE) | st.text(max_size=20) | st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
fonts = st.sampled_from(FONTS)
_lengths = st.floats(-50, 250, width=32) | st.integers(0, 200).map(float)
_colours = st.sampled_from(("#000000", "#ffffff", "#ffe2bb", "#1346fe", "#0072b2"))
_tags = st.builds(Tag, texts, texts, texts, st.lists(texts, max_size=2).map(tuple))


def _commands() -> st.SearchStrategy[tuple[Command, ...]]:
    steps = st.one_of(
        st.tuples(st.just("L"), _lengths, _lengths),
        st.tuples(st.just("C"), *[_lengths] * 6),
        st.tuples(st.just("M"), _lengths, _lengths),
        st.tuples(st.just("Z")),
    )
    start = st.tuples(st.just("M"), _lengths, _lengths)
    return st.tuples(start, st.lists(steps, max_size=6)).map(lambda drawn: (drawn[0], *drawn[1]))


paths = st.builds(
    Path,
    _commands(),
    stroke=_colours | st.just(""),
    fill=_colours | st.just(""),
    width=st.floats(0.25, 6),
    dash=st.sampled_from(((), (4.0, 3.0), (2.0,), (1.0, 2.0, 3.0))),
    opacity=st.floats(0.05, 1.0),
    tag=_tags,
)
labels = st.builds(
    Text,
    _lengths,
    _lengths,
    texts,
    st.floats(4, 30),
    st.sampled_from(("start", "middle", "end")),
    _colours,
    fonts,
    _tags,
)
scenes = st.builds(
    Scene,
    st.floats(1, 200),
    st.floats(1, 200),
    st.lists(paths | labels, max_size=8).map(tuple),
    texts,
    texts,
    _colours | st.just(""),
)
