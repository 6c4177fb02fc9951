"""The first page: what lies with the head is said so, and people are found where they are looked for."""

from tests.fixtures import IN_TIME, begun

from thidua.dossiers import actions


def test_a_paper_with_the_head_is_not_offered_to_be_filled_in_again(client, world):
    dossier = actions.present(dossier=begun(world), by=world.an, at=IN_TIME)
    client.force_login(world.an)
    home = client.get("/").content.decode()
    assert "Chờ thủ trưởng" in home
    assert "key=register-2023" not in home
    assert f'href="/dossiers/{dossier.pk}/"' in home


def test_the_lists_of_people_are_in_the_menu_of_those_who_keep_them(client, world):
    for who, shown in (("binh", True), ("admin", True), ("an", False), ("leader", False)):
        client.force_login(getattr(world, who))
        menu = client.get("/").content.decode().split("<main")[0]
        assert ('href="/people/people/"' in menu) == shown, who


def test_the_overview_of_a_head_leaves_out_audiences_in_which_nobody_is_in_sight(world, client):
    for person, sees in ((world.binh, True), (world.hanh, False)):
        client.force_login(person)
        assert ("Các phòng thuộc Sở" in client.get("/overview/?year=2023").content.decode()) is sees


def test_one_place_of_the_navigation_is_where_one_is(client, world):
    client.force_login(world.binh)
    for address, label in (("/dossiers/review/", "Thẩm tra hồ sơ"), ("/dossiers/?year=2023", "Đăng ký và báo cáo")):
        groups = client.get(address).context["navigation"]
        assert [link["label"] for group in groups for link in group["links"] if link["current"]] == [label]
