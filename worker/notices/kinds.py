"""The kinds of notice: what each is for, whether it carries a link and whether it shows the drafts.

The words are in the catalogue under `notices.<kind>_subject`, `…_body` and `…_link`.
"""

from __future__ import annotations

from dataclasses import dataclass

from worker.notices.links import Purpose


@dataclass(frozen=True)
class NoticeKind:
    """`link` is what its button leads to; `drafts` whether the whole package stands below the text.

    `repeats`: whether it is sent once more when nobody knows if it arrived. What a person publishes is not.
    `code`: whether it brings a one-time code. `specimen`: a draft itself as its recipients will get it.
    """

    link: Purpose | None = None
    drafts: bool = False
    repeats: bool = True
    code: bool = False
    specimen: bool = False

    @property
    def answered(self) -> bool:
        """Whether somebody is to decide, comment or edit on it: then it matters whether it arrives."""
        return self.code or self.link in (Purpose.APPROVE, Purpose.COMMENT, Purpose.EDIT)


KINDS: dict[str, NoticeKind] = {
    "approval": NoticeKind(Purpose.APPROVE, drafts=True),
    "approval_again": NoticeKind(Purpose.APPROVE, drafts=True),
    "reminder": NoticeKind(Purpose.APPROVE, drafts=True),
    "deputy": NoticeKind(Purpose.APPROVE, drafts=True),
    "code": NoticeKind(code=True),
    "specimen": NoticeKind(specimen=True),
    "approved": NoticeKind(Purpose.APPROVE),
    "approved_told": NoticeKind(),
    "seat_approved": NoticeKind(Purpose.APPROVE),
    "seat_approved_told": NoticeKind(),
    "returned": NoticeKind(Purpose.EDIT, drafts=True),
    "returned_yours": NoticeKind(Purpose.APPROVE),
    "returned_told": NoticeKind(),
    "taken_back": NoticeKind(),
    "taken_back_yours": NoticeKind(Purpose.APPROVE),
    "released": NoticeKind(drafts=True),
    "released_yours": NoticeKind(drafts=True),
    "voided": NoticeKind(),
    "cancelled": NoticeKind(),
    "missed_told": NoticeKind(),
    "nobody_approves": NoticeKind(),
    "comment_round": NoticeKind(Purpose.COMMENT, drafts=True),
    "comment_made": NoticeKind(Purpose.EDIT),
    "words_wanted": NoticeKind(Purpose.EDIT),
    "comments_skipped": NoticeKind(),
    "call": NoticeKind(Purpose.CONTRIBUTE),
    "call_reminder": NoticeKind(Purpose.CONTRIBUTE),
    "call_refused": NoticeKind(),
    "translation_call": NoticeKind(Purpose.CONTRIBUTE),
    "translation_reminder": NoticeKind(Purpose.CONTRIBUTE),
    "translation_made": NoticeKind(),
    "translation_receipt": NoticeKind(),
    "contribution_receipt": NoticeKind(),
    "contribution_made": NoticeKind(),
    "contribution_included": NoticeKind(),
    "contribution_left_out": NoticeKind(),
    "contribution_unused": NoticeKind(),
    "contribution_out": NoticeKind(),
    "contribution_dropped": NoticeKind(),
    "consent_missing": NoticeKind(),
    "mail_refused": NoticeKind(),
    "reply_kept": NoticeKind(),
    "reply_decides_nothing": NoticeKind(Purpose.APPROVE),
    "reply_elsewhere": NoticeKind(),
    "inbox_unreadable": NoticeKind(),
    "answer_passed_on": NoticeKind(),
    "bounces_ours": NoticeKind(),
    "bounces_many": NoticeKind(),
    "escalation": NoticeKind(),
    "unapproved": NoticeKind(Purpose.CHOOSE),
    "missed": NoticeKind(Purpose.CHOOSE),
    "already_due": NoticeKind(),
    "already_over": NoticeKind(),
    "moved_ahead": NoticeKind(),
    "task_overtaken": NoticeKind(),
    "no_dates": NoticeKind(),
    "gestor_call": NoticeKind(),
    "gestor_calls": NoticeKind(),
    "lists_review": NoticeKind(Purpose.LISTS),
    "lists_reminder": NoticeKind(Purpose.LISTS),
    "lists_unconfirmed": NoticeKind(Purpose.LISTS),
    "plan_faulty": NoticeKind(),
    "config_faulty": NoticeKind(),
    "plan_waits": NoticeKind(),
    "plan_activity_gone": NoticeKind(),
    "plan_dropped": NoticeKind(),
    "plan_ends": NoticeKind(),
    "record_sealed": NoticeKind(),
    "report": NoticeKind(),
    "rhythm_quiet": NoticeKind(Purpose.TASK),
    "draft_failed": NoticeKind(),
    "task": NoticeKind(Purpose.TASK),
    "task_reminder": NoticeKind(Purpose.TASK),
    "task_missed": NoticeKind(),
    "handoff": NoticeKind(Purpose.PUBLISH, drafts=True, repeats=False),
    "handoff_reminder": NoticeKind(Purpose.PUBLISH),
    "handoff_late": NoticeKind(),
    "removal": NoticeKind(Purpose.PUBLISH),
    "removal_late": NoticeKind(),
    "text_called_off": NoticeKind(),
    "hold_stops_publishing": NoticeKind(),
    "hold_over_publish": NoticeKind(),
    "take_down": NoticeKind(),
    "put_right": NoticeKind(drafts=True),
    "publication_failed": NoticeKind(),
    "publication_anew": NoticeKind(),
    "publication_doubtful": NoticeKind(),
    "medium_stopped": NoticeKind(),
    "medium_doubt": NoticeKind(),
    "audience_empty": NoticeKind(),
    "mailing_paused": NoticeKind(),
    "mailing_cancelled": NoticeKind(),
    "mailing_unknown": NoticeKind(),
    "alert": NoticeKind(),
    "alerts_many": NoticeKind(),
    "alerts_last": NoticeKind(),
    "sign_in": NoticeKind(Purpose.SIGN_IN),
    "hold_began": NoticeKind(),
    "hold_stops_approval": NoticeKind(),
    "hold_extended": NoticeKind(),
    "hold_ended": NoticeKind(),
}

ASKING = frozenset({"approval", "approval_again", "deputy"})
"""What puts a version before somebody for the first time."""

DECIDING = frozenset(
    {
        "approval",
        "approval_again",
        "reminder",
        "deputy",
        "code",
        "comment_round",
        "reply_decides_nothing",
        "taken_back_yours",
        "nobody_approves",
        "escalation",
        "unapproved",
    }
)
"""What asks for a decision or tells that it is missing: withdrawn when there is nothing to decide any more."""

SETTLED = frozenset({"approved", "approved_told"})
"""What tells that a version is approved as a whole."""

TIDINGS = SETTLED | {"seat_approved", "seat_approved_told", "returned", "returned_told", "returned_yours"}
"""What tells of a decision: withdrawn when that does not hold any more. A release is told of all the same."""
