"""A step of current above the critical one (Tian and Bazant, Fig. 2a): the bottom contact switches, then the top."""

import solion as so
from solion.units import nm

CURRENT = 0.12  # i_D; the analytic critical current is 0.0907 i_D at this filling

film = so.Film(so.materials.lithium_titanate(), thickness=80 * nm, filling=0.3)
contact = so.Contact(so.laws.ButlerVolmer(rate=1e-2 * film.units.i_D))
device = so.FilmMemristor(top=contact, film=film, bottom=contact)
scales = device.scales()
current, tau = CURRENT * scales.current, scales.time

drive = so.protocols.ramp(current=(0, current), duration=0.01 * tau, samples=5)
drive = drive.then(so.protocols.hold(current=current, duration=4 * tau))
result = so.simulate(device, drive, cells=100)

critical = so.thermodynamics.critical_current(film.material, film.filling)
times = so.analysis.switching_times(result)
print(f"critical current {critical:.4f} i_D, applied {CURRENT} i_D")
print(f"bottom contact at {times.scaled_bottom:.3f} tau_D = {times.bottom:.1f} s")
print(f"top contact at {times.scaled_top:.3f} tau_D = {times.top:.1f} s")

assert abs(critical - 0.0907) < 5e-5
assert abs(times.scaled_bottom / 0.993 - 1) < 0.005
assert abs(times.scaled_top / 3.256 - 1) < 0.005
