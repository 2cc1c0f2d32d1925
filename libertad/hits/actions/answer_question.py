"""The owner answers a question about a record of its own, in that record's file."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.hits.models import Question
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.hits import HitAnswer


@action("hit.answer")
def answer_question(act: Act, *, question: str, answer: str, words: str) -> str:
    """Returns the question's id. Only the authority that is asked answers, once for each time it is asked."""
    row = act.get(Question, question)
    if row is None or row["to"] != act.actor.authority or not act.reads(row["compartment"]):
        raise Refused("question", "there is no such question")
    if row["answer"]:
        raise Refused("question", "it is answered already")
    content = HitAnswer(record=row["record"], answer=answer, words=words)
    act.say(row["compartment"], content, subject=row["hit"], supersedes={})
    return question
