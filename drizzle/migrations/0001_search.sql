-- Full text search over what was said and over titles. The indexes hold no text of their own; triggers keep them in
-- step. A later migration that rebuilds `messages` or `conversations` must create these triggers again.
CREATE VIRTUAL TABLE `message_search` USING fts5(`content`, content='messages', content_rowid='position', tokenize='unicode61 remove_diacritics 2');
--> statement-breakpoint
CREATE TRIGGER `message_search_insert` AFTER INSERT ON `messages` BEGIN
	INSERT INTO `message_search` (`rowid`, `content`) VALUES (new.`position`, new.`content`);
END;
--> statement-breakpoint
CREATE TRIGGER `message_search_delete` AFTER DELETE ON `messages` BEGIN
	INSERT INTO `message_search` (`message_search`, `rowid`, `content`) VALUES ('delete', old.`position`, old.`content`);
END;
--> statement-breakpoint
CREATE TRIGGER `message_search_update` AFTER UPDATE OF `content` ON `messages` WHEN new.`content` IS NOT old.`content` BEGIN
	INSERT INTO `message_search` (`message_search`, `rowid`, `content`) VALUES ('delete', old.`position`, old.`content`);
	INSERT INTO `message_search` (`rowid`, `content`) VALUES (new.`position`, new.`content`);
END;
--> statement-breakpoint
INSERT INTO `message_search` (`message_search`) VALUES ('rebuild');
--> statement-breakpoint
CREATE VIRTUAL TABLE `title_search` USING fts5(`title`, content='conversations', content_rowid='position', tokenize='unicode61 remove_diacritics 2');
--> statement-breakpoint
CREATE TRIGGER `title_search_insert` AFTER INSERT ON `conversations` BEGIN
	INSERT INTO `title_search` (`rowid`, `title`) VALUES (new.`position`, new.`title`);
END;
--> statement-breakpoint
CREATE TRIGGER `title_search_delete` AFTER DELETE ON `conversations` BEGIN
	INSERT INTO `title_search` (`title_search`, `rowid`, `title`) VALUES ('delete', old.`position`, old.`title`);
END;
--> statement-breakpoint
CREATE TRIGGER `title_search_update` AFTER UPDATE OF `title` ON `conversations` WHEN new.`title` IS NOT old.`title` BEGIN
	INSERT INTO `title_search` (`title_search`, `rowid`, `title`) VALUES ('delete', old.`position`, old.`title`);
	INSERT INTO `title_search` (`rowid`, `title`) VALUES (new.`position`, new.`title`);
END;
--> statement-breakpoint
INSERT INTO `title_search` (`title_search`) VALUES ('rebuild');
