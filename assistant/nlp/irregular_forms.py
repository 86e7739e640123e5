"""The irregular forms of common English verbs and nouns, by their plain form: what no stemmer of endings can know.

Forms that are as often another word ("left", "felt", "ground", "wound", "saw") are not here.
"""

_FORMS = """
arise arose arisen; awake awoke; be been; bear borne; become became; begin began begun; bend bent; bite bitten; blow
blew blown; break broke broken; breed bred; bring brought; build built; buy bought; catch caught; choose chose chosen;
come came; creep crept; deal dealt; dig dug; draw drew drawn; drink drank; drive drove driven; eat ate eaten; fall
fell fallen; feed fed; fight fought; find found; flee fled; fly flew flown; forbid forbade forbidden; forget forgot
forgotten; forgive forgave forgiven; freeze froze frozen; get got gotten; give gave given; go went gone; grow grew
grown; hang hung; hear heard; hide hid hidden; hold held; keep kept; know knew known; lay laid; lead led; leap leapt;
learn learnt; lend lent; lose lost; make made; mean meant; meet met; mistake mistook mistaken; overcome overcame;
oversee oversaw overseen; overthrow overthrew overthrown; pay paid; prove proven; rebuild rebuilt; ride rode ridden;
ring rang; rise rose risen; run ran; say said; see seen; seek sought; sell sold; send sent; shake shook shaken; shoot
shot; show shown; shrink shrank shrunk; sing sang sung; sink sank sunk; sit sat; sleep slept; slide slid; speak spoke
spoken; speed sped; spend spent; spin spun; stand stood; steal stole stolen; stick stuck; strike struck; strive strove
striven; swear swore sworn; sweep swept; swim swam; swing swung; take took taken; teach taught; tear tore torn; tell
told; think thought; throw threw thrown; undergo underwent undergone; understand understood; undertake undertook
undertaken; wake woke woken; wear wore worn; weep wept; win won; withdraw withdrew withdrawn; withhold withheld;
withstand withstood; write wrote written; child children; foot feet; goose geese; half halves; knife knives; leaf
leaves; loaf loaves; man men; mouse mice; ox oxen; shelf shelves; thief thieves; tooth teeth; wife wives; wolf wolves;
woman women
"""

PLAIN = {
    form: plain for entry in _FORMS.replace("\n", " ").split(";") for plain, *forms in [entry.split()] for form in forms
}
