/*
 * Lists the USB serial ports that libserialport finds, one a line: NAME VENDOR:PRODUCT SERIAL. What hilrig's own search
 * for a port rests on, without hilrig.
 */
#include <libserialport.h>
#include <stdio.h>

int main(void)
{
	struct sp_port **ports;

	if (sp_list_ports(&ports) != SP_OK) {
		fprintf(stderr, "ports: the list of ports cannot be read\n");
		return 1;
	}
	for (int i = 0; ports[i]; i++) {
		int vendor, product;

		if (sp_get_port_usb_vid_pid(ports[i], &vendor, &product) == SP_OK)
			printf("%s %04x:%04x %s\n", sp_get_port_name(ports[i]), (unsigned int)vendor,
			       (unsigned int)product, sp_get_port_usb_serial(ports[i]));
	}
	sp_free_port_list(ports);
	return 0;
}
