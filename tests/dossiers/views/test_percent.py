"""The page of a registration says how far it has come, by the weights of its milestones."""

from tests.fixtures import accepted, moment

from thidua.dossiers import actions


def test_percent_done_follows_the_weights(client, world):
    steps = [
        {"title": "Chạy thử", "due_on": "15/09/2023", "weight": "3"},
        {"title": "Áp dụng", "due_on": "15/10/2023", "weight": "1"},
    ]
    dossier = accepted(world, milestones=steps)
    client.force_login(world.an)
    assert "Hoàn thành 0% (theo trọng số)" in client.get(dossier.get_absolute_url()).content.decode()
    actions.report_progress(
        dossier=dossier, milestone=dossier.milestones.get(position=0), percent=100, text="Xong", by=world.an,
        at=moment("2023-09-10 08:00"),
    )  # fmt: skip
    assert "Hoàn thành 75% (theo trọng số)" in client.get(dossier.get_absolute_url()).content.decode()
