/* A port that is looked for again when it was lost. */

#include "drivers/serial/link.h"

bool port_link_open(struct port_link *link, const struct port_address *address, const struct port_settings *settings,
                    struct error *error)
{
	*link = (struct port_link){.port = PORT_NONE, .address = *address, .settings = *settings};
	return port_open(&link->port, &link->address, &link->settings, error);
}

bool port_link_lose(struct port_link *link, int64_t t_ns)
{
	if (link->searching)
		return false;
	link->searching = true;
	port_search_begin(&link->search, &link->port, &link->address, &link->settings, t_ns);
	return true;
}

bool port_link_find(struct port_link *link, int64_t t_ns)
{
	if (t_ns < port_link_deadline(link) || !port_search_step(&link->search, &link->port, t_ns))
		return false;
	port_search_end(&link->search);
	link->searching = false;
	return true;
}

int64_t port_link_deadline(const struct port_link *link)
{
	return link->searching ? link->search.next_ns : INSTANT_NEVER;
}

void port_link_close(struct port_link *link)
{
	if (link->searching)
		port_search_end(&link->search);
	port_close(&link->port);
}
