"""Reads the tags of VMs over the Automation API, with Python's own HTTP client.

tags.py api|rest [attach]; STOCKTAKE_URL, STOCKTAKE_USERNAME and STOCKTAKE_PASSWORD say where
and as whom, and the ids of VMs come as a JSON array on stdin. Prints {id: [[category, name]]}
of the VMs with tags, sorted, as the guide's page on details describes them. With `attach` it first
makes categories and tags, two categories with names that differ by case, and attaches them.
It shares no code with the collector, so that the two can be held against each other.
"""

import base64
import collections
import json
import os
import ssl
import sys
import urllib.request

URL = os.environ["STOCKTAKE_URL"]
IS_REST = sys.argv[1] == "rest"
SESSION = "/rest/com/vmware/cis/session" if IS_REST else "/api/session"
TAGGING = "/rest/com/vmware/cis/tagging" if IS_REST else "/api/cis/tagging"
ACTION = "~action" if IS_REST else "action"
PREFIX = "id:" if IS_REST else ""


def call(method, path, headers, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data, headers, method=method)
    request.add_header("Content-Type", "application/json")
    # The tests' authority is made anew for each test.
    context = ssl._create_unverified_context()
    with urllib.request.urlopen(request, context=context) as response:
        text = response.read()
    value = json.loads(text) if text.strip() else None
    return value["value"] if IS_REST and isinstance(value, dict) and "value" in value else value


def association(action):
    return f"{TAGGING}/tag-association?{ACTION}={action}"


def attach(headers, vms):
    made = []
    for category in ["Environment", "environment", "Owner / 100%"]:
        spec = {"name": category, "description": "", "cardinality": "MULTIPLE", "associable_types": []}
        category_id = call("POST", f"{TAGGING}/category", headers, {"create_spec": spec})
        for name in ["production", "=SUM(A1)"]:
            spec = {"category_id": category_id, "name": name, "description": ""}
            made.append(call("POST", f"{TAGGING}/tag", headers, {"create_spec": spec}))
    for number, vm in enumerate(vms):
        for place, tag in enumerate(made):
            if number % (place + 2) == 0:
                path = f"{TAGGING}/tag-association/{PREFIX}{tag}?{ACTION}=attach"
                call("POST", path, headers, {"object_id": {"id": vm, "type": "VirtualMachine"}})


def main():
    account = f"{os.environ['STOCKTAKE_USERNAME']}:{os.environ['STOCKTAKE_PASSWORD']}"
    basic = base64.b64encode(account.encode()).decode()
    token = call("POST", SESSION, {"Authorization": f"Basic {basic}"})
    headers = {"vmware-api-session-id": token}
    vms = json.load(sys.stdin)
    if "attach" in sys.argv:
        attach(headers, vms)

    def every(kind):
        ids = call("GET", f"{TAGGING}/{kind}", headers)
        return {one: call("GET", f"{TAGGING}/{kind}/{PREFIX}{one}", headers) for one in ids}

    categories, tags = every("category"), every("tag")
    times = collections.Counter(category["name"] for category in categories.values())

    def label(one):
        name = categories[one]["name"]
        return name if times[name] == 1 else f"{name} [{one.split(':')[3]}]"

    found = {}
    for begin in range(0, len(vms), 500):
        objects = [{"id": vm, "type": "VirtualMachine"} for vm in vms[begin:begin + 500]]
        path = association("list-attached-tags-on-objects")
        for one in call("POST", path, headers, {"object_ids": objects}) or []:
            names = [[label(tags[tag]["category_id"]), tags[tag]["name"]] for tag in one["tag_ids"] or []]
            if names:
                found[one["object_id"]["id"]] = sorted(names)
    call("DELETE", SESSION, headers)
    json.dump(found, sys.stdout)


main()
