#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Infoplane developers
"""The job array of doc/cluster.md gives the numbers of one process: cluster.py CLUSTER.MD CLI DUMP

Where Slurm is installed, a controller and a node of it run on this machine for the test; elsewhere
the script runs as so many processes at the same time, with the variables that Slurm would set.
"""
import contextlib
import csv
import getpass
import io
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

TASKS = 4
PATIENCE = 240
CONFIGURATION = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/none
CredType=cred/none
SlurmctldPort={controller_port}
SlurmdPort={node_port}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=batch_sched_delay=0,sched_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
NodeName=node NodeHostname={host} NodeAddr=127.0.0.1 CPUs={cpus}
PartitionName=all Nodes=node Default=YES State=UP
"""


def find_free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def read_script(page, cli, dump):
    """The job array of the page, on one dump and with this program."""
    text = pathlib.Path(page).read_text(encoding="utf-8")
    script = re.search(r"(    #!/bin/sh\n    #SBATCH(?:.*\n)(?:    .*\n)+)", text).group(1)
    script = re.sub(r"(?m)^    ", "", script)
    for old, new in (("1-16", f"1-{TASKS}"), ("infoplane-cli", f"'{cli}'"),
                     ("runs/*.h5", f"'{dump}'"), ("--cpus-per-task=4", "--cpus-per-task=1"),
                     ("--threads 4", "--threads 1")):
        assert old in script, (old, script)
        script = script.replace(old, new)
    return script


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"no {what} after {PATIENCE} s"
        time.sleep(0.1)


def ask(environment, *command):
    return subprocess.run(command, env=environment, capture_output=True, text=True).stdout


@contextlib.contextmanager
def slurm(folder):
    configuration = folder / "slurm.conf"
    configuration.write_text(CONFIGURATION.format(
        host=socket.gethostname().split(".")[0], user=getpass.getuser(), folder=folder,
        controller_port=find_free_port(), node_port=find_free_port(), cpus=os.cpu_count()))
    for name in ("state", "spool"):
        (folder / name).mkdir()
    environment = os.environ | {"SLURM_CONF": str(configuration)}
    daemons = [subprocess.Popen([shutil.which("slurmctld"), "-D", "-f", configuration],
                                env=environment, stderr=subprocess.DEVNULL),
               subprocess.Popen([shutil.which("slurmd"), "-D", "-N", "node", "-f", configuration],
                                env=environment, stderr=subprocess.DEVNULL)]
    try:
        wait_until(lambda: "idle" in ask(environment, "sinfo", "-h", "-o", "%t"), "idle node")
        yield environment
    finally:
        for daemon in daemons:
            daemon.terminate()
        for daemon in daemons:
            daemon.wait(PATIENCE)


def run_with_slurm(script, folder):
    with slurm(folder) as environment:
        job = ask(environment, "sbatch", "--parsable", "--chdir", folder, script).strip()
        assert job, (folder / "slurmctld.log").read_text()
        wait_until(lambda: not ask(environment, "squeue", "-h", "-j", job), "end of the jobs")
        states = re.findall(r"JobState=(\w+)", ask(environment, "scontrol", "show", "job", job))
        outputs = "".join(path.read_text() for path in folder.glob("slurm-*.out"))
        assert states == ["COMPLETED"] * TASKS, (states, outputs)


def run_at_once(script, folder):
    tasks = [subprocess.Popen(["sh", script], cwd=folder, env=os.environ | {
                 "SLURM_ARRAY_TASK_ID": str(task + 1), "SLURM_ARRAY_TASK_COUNT": str(TASKS)})
             for task in range(TASKS)]
    assert [task.wait() for task in tasks] == [0] * TASKS


def estimate(cli, dump, store, threads="2"):
    table = subprocess.run([cli, "estimate", dump, "-e", "bins-uniform", "-e", "kde:variance=0.1",
                            "--store", store, "--threads", threads], check=True,
                           capture_output=True, text=True).stdout
    rows = list(csv.DictReader(io.StringIO(table)))
    for row in rows:
        del row["seconds"]
    return rows


def main():
    page, cli, dump = sys.argv[1], os.path.abspath(sys.argv[2]), os.path.abspath(sys.argv[3])
    has_slurm = all(map(shutil.which, ("slurmctld", "slurmd", "sbatch")))
    print("1..1")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        script = folder / "job.sh"
        script.write_text(read_script(page, cli, dump))
        (run_with_slurm if has_slurm else run_at_once)(script, folder)

        stores = sorted(folder.glob("results-*.sqlite"))
        assert len(stores) == TASKS, stores
        subprocess.run([cli, "merge", folder / "results.sqlite", *stores], check=True,
                       stdout=subprocess.DEVNULL)
        begin = time.monotonic()
        joined = estimate(cli, dump, folder / "results.sqlite")
        took = time.monotonic() - begin
        alone = estimate(cli, dump, "none")
        different = [pair for pair in zip(joined, alone) if pair[0] != pair[1]]
        assert joined and len(joined) == len(alone) and not different, different[:1]
        print(f"# {len(alone)} numbers, {TASKS} tasks of "
              f"{'Slurm' if has_slurm else 'this machine'}; read from the stores in {took:.1f} s")
        print("ok 1 - the job array of the page")


if __name__ == "__main__":
    main()
