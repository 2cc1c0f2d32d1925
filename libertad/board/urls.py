"""Addresses of the board: the map, the same as a table, the feed, the live stream."""

from __future__ import annotations

from django.urls import path

from libertad.board import screens

urlpatterns = [
    path("board/", screens.board, name="board"),
    path("board/table/", screens.board_table, name="board-table"),
    path("board/feed/", screens.board_feed, name="board-feed"),
    path("board/live/", screens.board_live, name="board-live"),
]
