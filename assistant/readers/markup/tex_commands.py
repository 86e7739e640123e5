"""The commands and environments of LaTeX that say what the words in them are."""

import re

from assistant.readers.elements import InlineStyle

SECTIONS = {"part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5,
            "subparagraph": 6, "frametitle": 3, "framesubtitle": 4}  # fmt: skip
STYLES: dict[str, InlineStyle] = {"textsuperscript": "raised", "textsubscript": "lowered", "sout": "struck",
                                   "st": "struck", "xout": "struck", "deleted": "struck"}  # fmt: skip
DROPPED = {"label": 1, "vspace": 1, "hspace": 1, "bibliographystyle": 1, "usepackage": 1, "documentclass": 1,
            "pagestyle": 1, "thispagestyle": 1, "setlength": 2, "setcounter": 2, "addtocounter": 2, "newcommand": 2,
            "renewcommand": 2, "providecommand": 2, "newenvironment": 3, "definecolor": 3, "color": 1, "textcolor": 1,
            "colorbox": 1, "pagenumbering": 1, "hyphenation": 1, "DeclareMathOperator": 2, "newtheorem": 2, "index": 1,
            "selectlanguage": 1, "fontsize": 2, "rule": 2, "phantom": 1, "graphicspath": 1, "hypersetup": 1,
            "geometry": 1, "addbibresource": 1, "nocite": 1, "parbox": 1, "raisebox": 1, "resizebox": 2, "scalebox": 1,
            "theoremstyle": 1, "cline": 1, "cmidrule": 1, "markboth": 2, "fancyhead": 1, "fancyfoot": 1,
            "addcontentsline": 3, "multicolumn": 2, "multirow": 2, "includegraphics": 1, "input": 1, "include": 1,
           "subfile": 1, "bibliography": 1, "lstinputlisting": 1, "foreignlanguage": 1, "texorpdfstring": 1,
            "hypertarget": 1, "hyperlink": 1}  # fmt: skip
INCLUDES = {"input", "include", "subfile", "bibliography", "lstinputlisting"}
VERBATIM = re.compile(r"\\begin\{(?P<name>verbatim\*?|Verbatim|lstlisting|minted|alltt|comment|filecontents\*?)\}")
MATH = {"equation", "align", "gather", "multline", "eqnarray", "displaymath", "math", "flalign", "alignat"}
TABLES = {"tabular", "tabularx", "longtable", "tabulary", "array", "tabu", "supertabular"}
LISTS = {"itemize", "enumerate", "description", "thebibliography"}
REFERENCES = {"ref", "eqref", "pageref", "autoref", "cref", "Cref", "nameref"}
CITATIONS = {"cite", "citep", "citet", "citeauthor", "citeyear", "parencite", "textcite", "autocite", "footcite"}
ADDRESSES = {"url", "nolinkurl", "path"}
NOTES = {"footnote", "footnotetext", "thanks", "endnote"}
METADATA = {"title", "author", "date"}
KNOWN = (
    SECTIONS.keys() | STYLES.keys() | DROPPED.keys() | MATH | TABLES | REFERENCES | CITATIONS | ADDRESSES | NOTES
    | METADATA | {"begin", "end", "item", "href", "caption", "bibitem", "par", "maketitle", "xspace", "emph", "textbf"}
)  # fmt: skip
