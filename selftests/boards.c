// SPDX-License-Identifier: GPL-2.0-only
/* Every board that somebody read a mask off: declare it, and read back what the chip has. */
#include <kselftest_harness.h>

#include "ttmem_test.h"

struct board {
	char source[64], arch[32], board[32], access[16], dram_mask[16];
	unsigned int chip, mask, tensix;
	long long l1_bytes, dram_gib;
};

static int parse_board(const char *line, struct board *board)
{
	return sscanf(line, "%63s %u %31s %31s %15s %u %15s %u %lld %lld", board->source,
		      &board->chip, board->arch, board->board, board->access, &board->mask,
		      board->dram_mask, &board->tensix, &board->l1_bytes, &board->dram_gib) == 10;
}

TEST(every_board)
{
	FILE *file = fopen(getenv("TTMEM_BOARDS"), "r");
	struct ttmem_geometry geometry;
	int fd, ret, boards = 0;
	unsigned int chip;
	struct board board;
	char line[256];

	ASSERT_NE(file, NULL);
	ASSERT_NE(fgets(line, sizeof(line), file), NULL);
	while (fgets(line, sizeof(line), file)) {
		ASSERT_TRUE(parse_board(line, &board)) TH_LOG("%s", line);
		chip = strncmp(board.arch, "wormhole", 8) ? BLACKHOLE : WORMHOLE;
		geometry = (struct ttmem_geometry) {
			.chip_uid = boards + 1,
			.tensix_enabled = board.tensix,
			.tensix_harvest_mask = board.mask,
			.l1_core_bytes = chip == WORMHOLE ? 1499136 : 1572864,
			.dram_banks_enabled = board.dram_gib / (chip == WORMHOLE ? 1 : 4),
			.dram_bank_bytes = (chip == WORMHOLE ? 1ULL : 4ULL) << 30,
		};

		fd = chip_open(chip, O_RDWR);
		ASSERT_GE(fd, 0);
		ret = declare(fd, &geometry);
		EXPECT_EQ(ret, 0) TH_LOG("%s chip %u", board.source, board.chip);
		EXPECT_EQ(mem(chip, "tensix_enabled"), board.tensix);
		EXPECT_EQ(mem(chip, "tensix_harvest_mask"), board.mask);
		EXPECT_EQ(mem(chip, "tensix_nominal"), chip == WORMHOLE ? 80 : 140);
		EXPECT_EQ(mem(chip, "l1_total"), board.l1_bytes);
		EXPECT_EQ(mem(chip, "l1_nominal"), chip == WORMHOLE ? 119930880 : 220200960);
		EXPECT_EQ(mem(chip, "dram_total"), board.dram_gib << 30);
		EXPECT_EQ(mem(chip, "dram_nominal"), (chip == WORMHOLE ? 12LL : 32LL) << 30);
		EXPECT_EQ(mem(chip, "chip_uid"), boards + 1);
		close(fd);
		/* What the last client said stands until the next one. */
		EXPECT_EQ(mem(chip, "l1_total"), board.l1_bytes);
		boards++;
	}
	fclose(file);
	EXPECT_GT(boards, 40);
}

TEST_HARNESS_MAIN
