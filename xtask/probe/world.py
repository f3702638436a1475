"""What there is to ask about: things of each kind with their versions as last seen, and bodies that would be accepted."""

import datetime
import os
import random

from people import ADMIN, CUSTOMERS, Account, ask, customer, member, new_key, totp

DICE = random.Random(os.environ["PROBE_SEED"])
KEPT_MAX = 200
# The sixth guess has to wait.
GUESSES_MAX = 4

ASKS = customer(CUSTOMERS[0])
# Their own passwords and second factors are tried, each apart from the others.
AGAIN, CHANGES, BEGINS, CONFIRMS, VISITS = (
    member(name, "viewer") for name in ("again", "changes", "begins", "confirms", "visits")
)
REFRESHES = {"/api/v1/auth/refresh": customer(CUSTOMERS[1]), "/api/v1/staff/auth/refresh": member("refreshes", "viewer")}

PUBLIC = {"/api/v1/auth/login", "/api/v1/staff/auth/login", *REFRESHES}
ENDS_ITS_SESSION = {
    "/api/v1/auth/logout": ASKS,
    "/api/v1/auth/logout-everywhere": customer(CUSTOMERS[2]),
    "/api/v1/staff/auth/logout": VISITS,
}
OWN = {
    "/api/v1/staff/auth/reauthenticate": AGAIN,
    "/api/v1/staff/auth/password": CHANGES,
    "/api/v1/staff/auth/second-factor/begin": BEGINS,
    "/api/v1/staff/auth/second-factor/confirm": CONFIRMS,
}

things = {"users": {}, "jobs": {}, "sessions": {}, "members": {}, "bulk-plans": {}, "queues": {"default": 1}}
own_jobs = []
guesses = {}


def furnish():
    """Customers with sessions and jobs, and people of the staff to whom things can be done."""
    for name in CUSTOMERS[3:]:
        for _ in range(3):
            signed_in = customer(name).sign_in()
            things["sessions"][signed_in["session"]["session_id"]] = 1
        things["users"][signed_in["session"]["user_id"]] = 1
        token = signed_in["tokens"]["access_token"]
        status = ask("GET", "/demo/status", token)
        if status["status"] == "disabled":
            status["job"] = ask("POST", "/demo/enable", token, {"run_at": soon()})
        remember("jobs", (status["job"] or {}).get("job_id"), 1)
    for name in ("one", "two", "three"):
        remember("members", member(name, "support").id, 2)


def remember(kind, id, version):
    if id is None:
        return
    known = things[kind]
    known.pop(id, None)
    known[id] = version
    while len(known) > KEPT_MAX:
        known.pop(next(iter(known)))


def account(path):
    return OWN.get(path) or (ADMIN if path.startswith("/api/v1/staff/") else ASKS)


def token_for(path):
    if path in PUBLIC:
        return None
    if path in ENDS_ITS_SESSION:
        return ENDS_ITS_SESSION[path].sign_in()["tokens"]["access_token"]
    return account(path).token()


def keeps_its_session(path):
    return path not in PUBLIC and path not in ENDS_ITS_SESSION and path not in OWN


def is_newest(path, header):
    return header == f"Bearer {account(path).token()}"


def guessed(path, status):
    """Somebody whose password was guessed has to wait; a right one in time starts the count anew."""
    if path in OWN and OWN[path] is not CONFIRMS and status in (401, 429):
        guesses[path] = guesses.get(path, 0) + 1
        if guesses[path] >= GUESSES_MAX:
            OWN[path].sign_in()
            guesses[path] = 0


def kind_of(path):
    """`bulk-plans` of `/api/v1/staff/bulk-plans/{id}/pause`."""
    words = path.split("/")
    holes = [at for at, word in enumerate(words) if word.startswith("{")]
    return words[holes[0] - 1] if holes else None


def place(path):
    """Values for the holes of an address."""
    kind = kind_of(path)
    if path == "/api/v1/jobs/{id}/status" and own_jobs:
        return {"id": DICE.choice(own_jobs)}
    known = list(things.get(kind, ()))[-20:]  # the newest: older ones have ended
    if not known:
        return {}
    if path == f"{STAFF}/users/{{id}}/demo-mode/cancel" and DICE.random() < 0.1:
        return {"id": in_progress(known)}
    return {"name" if kind == "queues" else "id": DICE.choice(known)}


def in_progress(known):
    """Somebody whose demo mode is to be switched on later, where there is one: who was, was cancelled long ago."""
    id = DICE.choice(known)
    path, body = f"/staff/users/{id}/demo-mode/enable", {"reason": "For the probe", "profile": profile(), "run_at": soon()}
    key, version = new_key(), f'"{things["users"][id]}"'
    try:
        answer = ask("POST", path, ADMIN.token(), body, Idempotency_Key=key, If_Match=version)
    except RuntimeError:
        return id  # not from the state that they are in
    remember("users", id, version_in(answer) or 1)
    return id


def version_of(path, parameters):
    parameters = parameters or {}
    return things.get(kind_of(path), {}).get(parameters.get("id", parameters.get("name")), 1)


def reasoned(body, **more):
    return {"reason": body.get("reason") or "Asked by the probe", **more}


def acceptable(path, parameters, body):
    """A body that would be accepted if the rest is right; the drawn one where none is better."""
    make = BODIES.get(path)
    return make(parameters or {}, body) if make else body


def soon():
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=DICE.randrange(5, 60))).isoformat()


def sometimes_later():
    """A job that waits can be cancelled, moved and planned about; others are done within seconds."""
    return {"run_at": soon()} if DICE.random() < 0.7 else {}


def profile():
    preset = DICE.choice(["mid_tier_creator", "rising_creator", "local_business"])
    return DICE.choice([{"preset": preset}, {"profile_type": "creator", "niche": "Food & travel"}])


def plan(_, body):
    action, kind = DICE.choice([("disable_demo_mode", "users"), ("revoke_sessions", "users"), ("cancel_jobs", "jobs"), ("retry_jobs", "jobs")])
    known = list(things[kind])
    ids = DICE.sample(known, min(len(known), DICE.randrange(1, 4)))
    return reasoned(body, action=action, ids=ids)


will_change = {}


def confirming(parameters, body):
    return reasoned(body, typed_count=will_change.get(parameters.get("id"), 1))


def changing(_, body):
    CHANGES.next_password = f"probe-{new_key()}"
    return {"current_password": CHANGES.password, "new_password": CHANGES.next_password}


def code_of_now(_, body):
    secret = ask("POST", "/staff/auth/second-factor/begin", CONFIRMS.token(), {"password": CONFIRMS.password})["secret"]
    return {"code": totp(secret)}


def forget_second_factor():
    """With one, this person could not sign in again without a code."""
    members = ask("GET", "/staff/members", ADMIN.token())["members"]
    version = next(one["version"] for one in members if one["id"] == CONFIRMS.id)
    path, reason = f"/staff/members/{CONFIRMS.id}/reset-second-factor", {"reason": "For the probe"}
    ask("POST", path, ADMIN.token(), reason, Idempotency_Key=new_key(), If_Match=f'"{version}"')
    CONFIRMS.signed_in = None


def credentials(who: Account):
    return lambda _, body: {"email": who.email, "password": who.password}


STAFF = "/api/v1/staff"
BODIES = {
    "/api/v1/auth/login": credentials(customer("ben")),
    f"{STAFF}/auth/login": credentials(VISITS),
    "/api/v1/auth/refresh": lambda _, body: {"refresh_token": REFRESHES["/api/v1/auth/refresh"].refresh_token()},
    f"{STAFF}/auth/refresh": lambda _, body: {"refresh_token": REFRESHES[f"{STAFF}/auth/refresh"].refresh_token()},
    f"{STAFF}/auth/reauthenticate": lambda _, body: {"password": AGAIN.password},
    f"{STAFF}/auth/password": changing,
    f"{STAFF}/auth/second-factor/begin": lambda _, body: {"password": BEGINS.password},
    f"{STAFF}/auth/second-factor/confirm": code_of_now,
    f"{STAFF}/users/{{id}}/demo-mode/enable": lambda _, body: reasoned(body, profile=profile(), **sometimes_later()),
    "/api/v1/demo/enable": lambda _, body: {"profile": profile()},
    f"{STAFF}/jobs/{{id}}/reschedule": lambda _, body: reasoned(body, run_at=soon()),
    f"{STAFF}/bulk-plans": plan,
    f"{STAFF}/bulk-plans/{{id}}/confirm": confirming,
    f"{STAFF}/users/{{id}}/sessions/revoke": lambda _, body: reasoned(body),
    f"{STAFF}/members": lambda _, body: {**reasoned(body), "role": "viewer", "name": "Somebody", "email": f"{new_key()}@repruv.test"},
}


def version_in(view):
    parts = [view, *(view.get(name) for name in ("user", "job", "plan", "member"))]
    return next((part["version"] for part in parts if isinstance(part, dict) and "version" in part), None)


def learn(path, parameters, status, answer):
    """Takes up ids and versions from what was answered."""
    view = answer if status < 300 else answer.get("current")
    if not isinstance(view, dict):
        return
    kind, version = kind_of(path), version_in(view)
    if kind in things and version is not None:
        id = (parameters or {}).get("id", (parameters or {}).get("name"))
        if id in things[kind]:
            things[kind][id] = version
    if isinstance(view.get("plan"), dict) and "will_change" in view["plan"]:
        remember("bulk-plans", view["plan"]["id"], view["plan"]["version"])
        will_change[view["plan"]["id"]] = view["plan"]["will_change"]
    if isinstance(view.get("demo"), dict) and view["demo"].get("job"):
        remember("jobs", view["demo"]["job"]["id"], view["demo"]["job"]["version"])
    if status < 300:
        accepted(path, answer)


def accepted(path, answer):
    if path in REFRESHES:
        REFRESHES[path].renewed(answer)
    elif path == f"{STAFF}/auth/password":
        CHANGES.password = CHANGES.next_password
    elif path == f"{STAFF}/auth/second-factor/confirm":
        forget_second_factor()
    elif path.startswith("/api/v1/demo/") and (answer.get("job_id") or (answer.get("job") or {}).get("job_id")):
        own_jobs.append(answer.get("job_id") or answer["job"]["job_id"])
        del own_jobs[:-KEPT_MAX]


furnish()
