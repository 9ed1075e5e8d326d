"""Workers that die: in a pool of processes, and on a real Dask cluster; nothing is lost, nothing is kept twice."""

import os
import signal
import threading
import time
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future

import numpy as np
import pytest
import xarray as xr

from solion.base.errors import RunError
from solion.explore import load_sweep, sweep
from solion.explore.sweeps import make_plan
from solion.explore.sweeps.executors import Pool, opened
from solion.explore.sweeps.runner import _outcomes, first_outcomes
from solion.explore.sweeps.task import PointOutcome, Stopped, run_task

SMALL = [
    "numerics.cells=20",
    "protocol.0.samples=3",
    "protocol.1.samples=5",
    "protocol.1.duration=0.5 tau_D",
    "output.figures=false",
]
OVER = {"device.filling": "0.2 ... 0.8 in 12"}


def test_a_dask_worker_killed_in_mid_sweep_loses_nothing(tmp_path):
    distributed = pytest.importorskip("distributed")
    killed, ended = [], []
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster,
        distributed.Client(cluster) as client,
    ):

        def look(progress):
            if progress.last is None:
                return
            ended.append(progress.last.index)
            if progress.done == 5:
                held = {worker for worker, keys in client.processing().items() if keys}
                pids = client.run(os.getpid)
                victim = next(iter(held))  # one that has work in hand
                os.kill(pids[victim], signal.SIGKILL)
                killed.append(victim)

        dataset = sweep(
            "step-current", OVER, settings=SMALL, out=tmp_path / "s", scheduler=cluster.scheduler_address, on_progress=look
        )
    assert killed
    assert (dataset["status"] == "finished").all()
    assert len(ended) == len(set(ended)) == 11  # the first run was done before
    xr.testing.assert_equal(load_sweep(tmp_path / "s"), dataset)
    alone = sweep("step-current", OVER, settings=SMALL)
    xr.testing.assert_equal(dataset.drop_vars("wall_time"), alone.drop_vars("wall_time"))


def test_a_killed_process_costs_no_other_run_and_is_replaced(tmp_path):
    plan = make_plan("step-current", {"device.filling": [0.2, 0.3, 0.4, 0.5]}, settings=SMALL)
    with opened("processes", 1, None) as pool:
        found = {outcome.index: outcome.status for outcome in first_outcomes(plan, pool)}
        (process,) = pool.executor._processes.values()
        for outcome in _outcomes(plan, iter([1, 2, 3]), pool):
            if not found.get(1) and not outcome:
                continue
            if outcome is not None:
                assert outcome.index not in found
                found[outcome.index] = outcome.status
            if process.is_alive():
                process.kill()
    assert found == dict.fromkeys(range(4), "finished")


class Fragile(Executor):
    """An executor in this process, which breaks when it is given one run; ``alone`` are the runs that it had by itself."""

    poison = 2
    waiting: list

    def __init__(self):
        self.waiting, self.broken = [], False

    def submit(self, call, task):
        if self.broken:
            raise BrokenExecutor
        future = Future()
        self.waiting.append((future, task.index))
        threading.Timer(0.01, self._work).start()
        return future

    def _work(self):
        """End all that is in hand, as a pool does when one of its processes dies."""
        self.broken = self.broken or self.poison in [index for _, index in self.waiting]
        while self.waiting:
            future, index = self.waiting.pop()
            if self.broken:
                future.set_exception(BrokenExecutor())
            else:
                future.set_result(PointOutcome(index, "finished", "", 0.0))


def test_a_run_that_kills_its_worker_fails_by_itself():
    plan = make_plan("step-current", {"device.filling": "0.1 ... 0.9 in 8"})
    pool = Pool(Fragile(), lambda task: None, 4, "a pool", Fragile)
    found = {outcome.index: outcome for outcome in _outcomes(plan, iter(range(8)), pool) if outcome}
    assert {index: outcome.status for index, outcome in found.items()} == dict.fromkeys(range(8), "finished") | {2: "failed"}
    assert "process died in this run" in found[2].message


class Answer(Executor):
    """An executor whose every future ends in the same error."""

    def __init__(self, error):
        self.error = error

    def submit(self, *_):
        future = Future()
        future.set_exception(self.error)
        return future


class KilledWorker(Exception):
    """As the cluster's own error is called."""


def test_what_an_executor_may_answer():
    plan = make_plan("step-current", {"device.filling": [0.2, 0.3]})

    def outcomes(error):
        return list(_outcomes(plan, iter([0, 1]), Pool(Answer(error), print, 2, "2 threads there")))

    assert [outcome.message for outcome in outcomes(KilledWorker("three times"))] == [
        "its workers died each time; they were killed or out of memory."
    ] * 2
    assert "the worker could not run it: TypeError: odd" in outcomes(TypeError("odd"))[0].message
    with pytest.raises(RunError, match="2 threads there went away"):
        outcomes(CancelledError())
    with pytest.raises(RunError, match="2 threads there broke"):
        outcomes(BrokenExecutor())
    for error, holds in ((BrokenExecutor(), "__main__"), (CancelledError(), "went away"), (OSError("x"), "could be started")):
        with pytest.raises(RunError, match=holds):
            first_outcomes(plan, Pool(Answer(error), print, 2, "2 threads there"))


def test_threads_stop_in_the_midst_of_their_runs():
    plan = make_plan("step-current", {"device.filling": np.linspace(0.2, 0.8, 200)}, settings=SMALL)
    with pytest.raises(Stopped):
        run_task(plan.task(0), stop=lambda: True)
    with opened("threads", 1, None) as pool:
        futures = [pool.executor.submit(pool.call, plan.task(index)) for index in range(plan.count)]
        while not (futures[0].running() or futures[0].done()):
            time.sleep(0.001)
    assert all(future.done() for future in futures)
    assert futures[-1].cancelled()


def test_ctrl_c_waits_for_a_safe_place_and_is_heard_as_before_afterwards():
    before = signal.getsignal(signal.SIGINT)
    with opened("threads", 1, None) as pool:
        pool.check()
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            pool.check()
        assert signal.getsignal(signal.SIGINT) is before  # a second one comes at once
    assert signal.getsignal(signal.SIGINT) is before
