"""Words that say much the same in questions and in answers: a question's "succeed", a report's "replace".

A small table of everyday words in the families that questions are about. No kept-up package brings a thesaurus
with its data; WordNet's own senses are far more, and mostly another sense than the one that is meant.
"""

from collections import defaultdict
from functools import cache

from assistant.nlp.tokens import stem

_GROUPS = """
succeed successor follow replace replacement heir inherit
leave depart departure resign resignation retire retirement quit outgoing complete
assembly meeting conference congress summit session gathering convention
start begin beginning launch open commence inaugurate onset
end finish conclude close complete terminate final cease stop
kill murder slay assassinate massacre
die death dead deceased perish
kidnap abduct abduction hostage
injure injury wound hurt
arrest detain detention apprehend capture custody
rescue save free liberate release
find discover discovery identify detect uncover locate
search raid
seize seizure confiscate confiscation
buy purchase acquire acquisition
sell sale sold
make produce production manufacture create build
build construct construction erect
found establish create formation form
invent invention devise
write author pen compose
name call title entitle term designate known
big large great huge vast
small little tiny minor
fast quick rapid speed
old ancient age elderly
new recent modern
rich wealthy wealth affluent
poor poverty impoverished
job employment occupation profession work post position
employ hire recruit recruitment employee
worker employee staff labour labor
dismiss sack fire
pay payment wage salary compensation
money fund finance cash
cost price expense expensive
earn income revenue
company firm business corporation enterprise
leader head chief boss lead director president
king monarch ruler sovereign
win victory winner triumph beat
lose loss defeat
fight battle war conflict combat
attack assault invade invasion raid
army military troops soldier
police officer
law legislation act statute
court tribunal judge
crime offence offense criminal illegal
guilty convict conviction
jail prison imprison imprisonment incarcerate
trial prosecute prosecution
steal theft rob robbery
fake forge forgery false counterfeit
deceive trick lure fraud scam
child children minor youth
woman women female girl
man men male boy
people person individual human
inhabitant resident population
country nation state
city town urban
home house residence
live reside dwell inhabit
location place site situated located
headquarters seat
move relocate transfer
travel trip journey
ship boat vessel
car vehicle automobile
plane aircraft airplane
disease illness sick sickness infection
medicine drug medication
school education
teach teacher instruct instructor
student pupil
language speak tongue
religion faith religious
say declare announce tell claim
agree agreement accord treaty pact deal
allow permit authorise authorize
forbid ban prohibit outlaw
need require requirement necessary
help aid assist assistance support
use utilise utilize usage
show display demonstrate reveal
change alter modify
increase rise grow growth expand
decrease decline fall drop reduce reduction
join enter member membership
include contain comprise consist
cause lead trigger
effect result consequence outcome
hold held host stage
choose elect election select pick appoint appointment
vote ballot
send dispatch
get receive obtain
own possess owner
marry wed wife husband spouse
border frontier
ocean sea
road street highway
movie film
picture image photograph photo
game match
team squad club
prize award
famous renowned
important significant main major key
part portion section
type sort kind
way method manner
problem issue difficulty
goal aim purpose objective
govern rule reign
near close adjacent
"""


def synonym_stems(stemmed: str) -> frozenset[str]:
    """The stems of the words that say much the same as one, without itself; none for most words."""
    return _table().get(stemmed, frozenset())


@cache
def _table() -> dict[str, frozenset[str]]:
    table: defaultdict[str, set[str]] = defaultdict(set)
    for line in _GROUPS.strip().splitlines():
        group = {stem(word) for word in line.split()}
        for each in group:
            table[each] |= group - {each}
    return {each: frozenset(others) for each, others in table.items()}
