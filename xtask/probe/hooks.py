"""What the generator cannot know of the API: who asks, what there is, and what would be accepted.

Only requests that fit the description are changed, and not all of them: ids become those of things that are there, versions
those that were last seen, some bodies such as would be accepted. What does not fit is sent as it was drawn.
"""

import atexit
import collections
import json
import os
import random
import sys

import schemathesis
from schemathesis.core.parameters import ParameterLocation

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world  # noqa: E402
from people import LOCK, new_key  # noqa: E402

DICE = random.Random(int(os.environ["PROBE_SEED"]))
MOSTLY, OFTEN = 0.85, 0.5
SETTLES = "/staff/commands/{key}/settle"
# Fewer examples are a quick look.
ENOUGH = 500

# Operations that nobody of this run can have accepted, and why.
NEVER_ACCEPTED = {
    "POST /api/v1/demo/dismiss": "a customer's operation would have to fail first",
    "POST /api/v1/staff/bulk-plans/{id}/abort": "a plan would have to be at work at that moment",
    "POST /api/v1/staff/bulk-plans/{id}/approve": "the workspace asks for no second person",
    "POST /api/v1/staff/bulk-plans/{id}/pause": "a plan would have to be at work at that moment",
    "POST /api/v1/staff/bulk-plans/{id}/resume": "a plan would have to be paused",
    "POST /api/v1/staff/bulk-plans/{id}/retry-failed": "an item of a plan would have to fail first",
    "POST /api/v1/staff/error-words": "an error without words would have to end a job first",
    "POST /api/v1/staff/jobs/{id}/fix": "it has to be the fix that the verdict offers at that moment",
    "POST /api/v1/staff/members/{id}/reset-second-factor": "it has to be somebody who has enrolled one",
    "POST /api/v1/staff/users/{id}/demo-mode/dismiss": "a user's operation would have to fail first",
    "POST /api/v1/staff/users/{id}/fix": "it has to be the fix that the verdict offers at that moment",
}


@schemathesis.auth(refresh_interval=None)
class SignedIn:
    """A token of whoever asks; a fresh one where the request ends its own session."""

    def get(self, case, context):
        return world.token_for(context.operation.path)

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


def fits(case, location):
    """Whether this part of the request was drawn to fit the description."""
    part = case.meta.components.get(location) if case.meta is not None else None
    return part is not None and part.mode.is_positive


def under_trial(case):
    """The parameter whose edge this request is about, where it is about one."""
    return getattr(case.meta.phase.data, "parameter", None) if case.meta is not None else None


@schemathesis.hook
def before_call(context, case, kwargs):
    path, trial = case.operation.path, under_trial(case)
    with LOCK:
        if fits(case, ParameterLocation.PATH) and trial not in (case.path_parameters or {}) and DICE.random() < MOSTLY:
            case.path_parameters.update(world.place(path))
        if SETTLES in path and "%" in str((case.path_parameters or {}).get("key")):
            # What looks like an escape is sent as one, and arrives as another key than was drawn.
            case.path_parameters["key"] = case.path_parameters["key"].replace("%", "-")
        if fits(case, ParameterLocation.HEADER):
            named = {name.lower(): name for name in case.headers}
            key, version = named.get("idempotency-key"), named.get("if-match")
            if key is not None and trial != key and DICE.random() < MOSTLY:
                case.headers[key] = new_key()
            if version is not None and trial != version and DICE.random() < MOSTLY:
                case.headers[version] = f'"{world.version_of(path, case.path_parameters)}"'
        if fits(case, ParameterLocation.BODY) and trial is None and isinstance(case.body, dict) and DICE.random() < OFTEN:
            case.body = world.acceptable(path, case.path_parameters, case.body)


@schemathesis.hook
def after_call(context, case, response):
    if case.method.upper() != case.operation.method.upper():
        return  # asked with another method on purpose
    with LOCK:
        COUNTS[case.operation.label][response.status_code] += 1
        world.guessed(case.operation.path, response.status_code)
        try:
            answer = response.json()
        except ValueError:
            return
        if isinstance(answer, dict):
            world.learn(case.operation.path, case.path_parameters, response.status_code, answer)


@schemathesis.check
def a_sign_in_lasts(context, response, case):
    """Without this a lost session would answer everything with 401, and all would be well."""
    if response.status_code == 401 and world.keeps_its_session(case.operation.path):
        sent = response.request.headers.get("Authorization", "")
        if sent and world.is_newest(case.operation.path, sent):
            raise AssertionError("the token was refused although nothing has ended its session")


@schemathesis.check
class EachOperationIsAcceptedOnce:
    """Refusals alone would say nothing of what lies behind them."""

    def after_run(self, context):
        never = sorted(label for label in COUNTS if not accepted(label) and label not in NEVER_ACCEPTED)
        if never and int(os.environ["PROBE_EXAMPLES"]) >= ENOUGH:
            raise AssertionError("no request was accepted: " + ", ".join(never))


COUNTS = collections.defaultdict(collections.Counter)


def accepted(label):
    return sum(count for status, count in COUNTS[label].items() if status < 300)


def report():
    """How often each operation was asked, and what it answered."""
    rows = {}
    for label, answers in sorted(COUNTS.items()):
        statuses = {str(status): answers[status] for status in sorted(answers)}
        rows[label] = {"asked": sum(answers.values()), "accepted": accepted(label), "answers": statuses}
    asked = [row["asked"] for row in rows.values()]
    lines = ",\n".join(f"  {json.dumps(label)}: {json.dumps(row)}" for label, row in rows.items())
    whole = f'"operations": {len(rows)}, "asked": {sum(asked)}, "least_asked": {min(asked, default=0)}'
    with open(os.environ["PROBE_FIGURES"], "w", encoding="utf-8") as file:
        file.write(f'{{{whole}, "each": {{\n{lines}\n}}}}')


atexit.register(report)
