# Time: to go
use shop;
SET timestamp=1772442899;
select 1;
