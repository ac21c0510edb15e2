-- Full text search over messages, titles, characters and lorebooks. The indexes hold no text; triggers keep them in step.
-- `search_text` is ours (`search-text.ts`). A later migration that rebuilds one of these tables must create its triggers
-- again. `place` names the conversation, so that one alone can be searched.
DROP TRIGGER `message_search_insert`;
--> statement-breakpoint
DROP TRIGGER `message_search_delete`;
--> statement-breakpoint
DROP TRIGGER `message_search_update`;
--> statement-breakpoint
DROP TABLE `message_search`;
--> statement-breakpoint
DROP TRIGGER `title_search_insert`;
--> statement-breakpoint
DROP TRIGGER `title_search_delete`;
--> statement-breakpoint
DROP TRIGGER `title_search_update`;
--> statement-breakpoint
DROP TABLE `title_search`;
--> statement-breakpoint
CREATE VIRTUAL TABLE `message_search` USING fts5(`content`, `place`, content='', contentless_delete=1, prefix='1 2 3', tokenize="unicode61 remove_diacritics 2 categories 'L* M* N* Co'");
--> statement-breakpoint
CREATE TRIGGER `message_search_insert` AFTER INSERT ON `messages` BEGIN
	INSERT INTO `message_search` (`rowid`, `content`, `place`) VALUES (new.`position`, search_text(new.`content`), 'c' || (SELECT `position` FROM `conversations` WHERE `conversation_id` = new.`conversation_id`));
END;
--> statement-breakpoint
CREATE TRIGGER `message_search_delete` AFTER DELETE ON `messages` BEGIN
	DELETE FROM `message_search` WHERE `rowid` = old.`position`;
END;
--> statement-breakpoint
CREATE TRIGGER `message_search_update` AFTER UPDATE OF `content`, `conversation_id` ON `messages` WHEN new.`content` IS NOT old.`content` OR new.`conversation_id` IS NOT old.`conversation_id` BEGIN
	INSERT OR REPLACE INTO `message_search` (`rowid`, `content`, `place`) VALUES (new.`position`, search_text(new.`content`), 'c' || (SELECT `position` FROM `conversations` WHERE `conversation_id` = new.`conversation_id`));
END;
--> statement-breakpoint
INSERT INTO `message_search` (`rowid`, `content`, `place`) SELECT `position`, search_text(`messages`.`content`), 'c' || (SELECT `position` FROM `conversations` WHERE `conversation_id` = `messages`.`conversation_id`) FROM `messages`;
--> statement-breakpoint
CREATE VIRTUAL TABLE `title_search` USING fts5(`title`, content='', contentless_delete=1, prefix='1 2 3', tokenize="unicode61 remove_diacritics 2 categories 'L* M* N* Co'");
--> statement-breakpoint
CREATE TRIGGER `title_search_insert` AFTER INSERT ON `conversations` BEGIN
	INSERT INTO `title_search` (`rowid`, `title`) VALUES (new.`position`, search_text(new.`title`));
END;
--> statement-breakpoint
CREATE TRIGGER `title_search_delete` AFTER DELETE ON `conversations` BEGIN
	DELETE FROM `title_search` WHERE `rowid` = old.`position`;
END;
--> statement-breakpoint
CREATE TRIGGER `title_search_update` AFTER UPDATE OF `title` ON `conversations` WHEN new.`title` IS NOT old.`title` BEGIN
	INSERT OR REPLACE INTO `title_search` (`rowid`, `title`) VALUES (new.`position`, search_text(new.`title`));
END;
--> statement-breakpoint
INSERT INTO `title_search` (`rowid`, `title`) SELECT `position`, search_text(`conversations`.`title`) FROM `conversations`;
--> statement-breakpoint
CREATE VIRTUAL TABLE `character_search` USING fts5(`name`, `tags`, `creator`, `notes`, `description`, `more`, content='', contentless_delete=1, prefix='1 2 3', tokenize="unicode61 remove_diacritics 2 categories 'L* M* N* Co'");
--> statement-breakpoint
CREATE TRIGGER `character_search_insert` AFTER INSERT ON `characters` BEGIN
	INSERT INTO `character_search` (`rowid`, `name`, `tags`, `creator`, `notes`, `description`, `more`) VALUES (new.`position`, search_text(new.`name` || char(10) || new.`nickname`), search_text(new.`tags`), search_text(new.`creator`), search_text(new.`creator_notes`), search_text(new.`description`), search_text(new.`personality` || char(10) || new.`scenario` || char(10) || new.`first_message` || char(10) || new.`alternate_greetings`));
END;
--> statement-breakpoint
CREATE TRIGGER `character_search_delete` AFTER DELETE ON `characters` BEGIN
	DELETE FROM `character_search` WHERE `rowid` = old.`position`;
END;
--> statement-breakpoint
CREATE TRIGGER `character_search_update` AFTER UPDATE OF `name`, `nickname`, `tags`, `creator`, `creator_notes`, `description`, `personality`, `scenario`, `first_message`, `alternate_greetings` ON `characters` WHEN new.`name` IS NOT old.`name` OR new.`nickname` IS NOT old.`nickname` OR new.`tags` IS NOT old.`tags` OR new.`creator` IS NOT old.`creator` OR new.`creator_notes` IS NOT old.`creator_notes` OR new.`description` IS NOT old.`description` OR new.`personality` IS NOT old.`personality` OR new.`scenario` IS NOT old.`scenario` OR new.`first_message` IS NOT old.`first_message` OR new.`alternate_greetings` IS NOT old.`alternate_greetings` BEGIN
	INSERT OR REPLACE INTO `character_search` (`rowid`, `name`, `tags`, `creator`, `notes`, `description`, `more`) VALUES (new.`position`, search_text(new.`name` || char(10) || new.`nickname`), search_text(new.`tags`), search_text(new.`creator`), search_text(new.`creator_notes`), search_text(new.`description`), search_text(new.`personality` || char(10) || new.`scenario` || char(10) || new.`first_message` || char(10) || new.`alternate_greetings`));
END;
--> statement-breakpoint
INSERT INTO `character_search` (`rowid`, `name`, `tags`, `creator`, `notes`, `description`, `more`) SELECT `position`, search_text(`characters`.`name` || char(10) || `characters`.`nickname`), search_text(`characters`.`tags`), search_text(`characters`.`creator`), search_text(`characters`.`creator_notes`), search_text(`characters`.`description`), search_text(`characters`.`personality` || char(10) || `characters`.`scenario` || char(10) || `characters`.`first_message` || char(10) || `characters`.`alternate_greetings`) FROM `characters`;
--> statement-breakpoint
CREATE VIRTUAL TABLE `lorebook_search` USING fts5(`name`, `description`, `entries`, content='', contentless_delete=1, prefix='1 2 3', tokenize="unicode61 remove_diacritics 2 categories 'L* M* N* Co'");
--> statement-breakpoint
CREATE TRIGGER `lorebook_search_insert` AFTER INSERT ON `lorebooks` BEGIN
	INSERT INTO `lorebook_search` (`rowid`, `name`, `description`, `entries`) VALUES (new.`position`, search_text(new.`name`), search_text(new.`description`), search_text((SELECT group_concat(concat_ws(char(10), `value` ->> '$.name', `value` ->> '$.keys', `value` ->> '$.secondary_keys', `value` ->> '$.content'), char(10)) FROM json_each(new.`entries`))));
END;
--> statement-breakpoint
CREATE TRIGGER `lorebook_search_delete` AFTER DELETE ON `lorebooks` BEGIN
	DELETE FROM `lorebook_search` WHERE `rowid` = old.`position`;
END;
--> statement-breakpoint
CREATE TRIGGER `lorebook_search_update` AFTER UPDATE OF `name`, `description`, `entries` ON `lorebooks` WHEN new.`name` IS NOT old.`name` OR new.`description` IS NOT old.`description` OR new.`entries` IS NOT old.`entries` BEGIN
	INSERT OR REPLACE INTO `lorebook_search` (`rowid`, `name`, `description`, `entries`) VALUES (new.`position`, search_text(new.`name`), search_text(new.`description`), search_text((SELECT group_concat(concat_ws(char(10), `value` ->> '$.name', `value` ->> '$.keys', `value` ->> '$.secondary_keys', `value` ->> '$.content'), char(10)) FROM json_each(new.`entries`))));
END;
--> statement-breakpoint
INSERT INTO `lorebook_search` (`rowid`, `name`, `description`, `entries`) SELECT `position`, search_text(`lorebooks`.`name`), search_text(`lorebooks`.`description`), search_text((SELECT group_concat(concat_ws(char(10), `value` ->> '$.name', `value` ->> '$.keys', `value` ->> '$.secondary_keys', `value` ->> '$.content'), char(10)) FROM json_each(`lorebooks`.`entries`))) FROM `lorebooks`;
--> statement-breakpoint
UPDATE `characters` SET `tagline` = trim(replace(replace(substr(`description`, 1, 160), char(13), ''), char(10), ' ')), `token_count` = (length(`description`) + length(`personality`) + length(`scenario`) + length(`system_prompt`) + length(`post_history_instructions`) + length(`message_examples`) + 3) / 4;
