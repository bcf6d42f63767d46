"""Runs `python -m synapse.config` once for each line of standard input, a JSON list of arguments, and answers each with a JSON line.

Each run is a fork of this process, which has imported Synapse: the import takes longer than all the rest.
"""

import json
import os
import runpy
import sys
import tempfile
import traceback
import warnings

import synapse.config.homeserver  # noqa: F401

try:
    # What providers need. It says of itself at each import what is going to be another way, and says so always, unless it is told here.
    from authlib.deprecate import AuthlibDeprecationWarning

    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
except ImportError:
    pass


def run(arguments):
    sys.argv = ["synapse.config", *arguments]
    try:
        runpy.run_module("synapse.config", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code or 0
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


for line in sys.stdin:
    with tempfile.TemporaryFile("w+") as said:
        pid = os.fork()
        if pid == 0:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            code = run(json.loads(line))
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        _, status = os.waitpid(pid, 0)
        said.seek(0)
        print(json.dumps({"code": os.waitstatus_to_exitcode(status), "said": said.read()}), flush=True)
