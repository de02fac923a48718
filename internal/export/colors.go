package export

// color is a colour as the PDF library takes it: 0 to 255 for each component.
type color struct{ r, g, b int }

var (
	black = rgb(0x0f172a)
	slate = rgb(0x1e293b)
	grey  = rgb(0x64748b)
	pale  = rgb(0x94a3b8)
	line  = rgb(0xe2e8f0)
	faint = rgb(0xf8fafc)
	white = rgb(0xffffff)
	green = rgb(0x15803d)
	red   = rgb(0xb91c1c)
	blue  = rgb(0x1d4ed8)
)

// rgb returns the colour with the value 0xRRGGBB.
func rgb(value uint32) color {
	return color{r: int(value >> 16 & 0xff), g: int(value >> 8 & 0xff), b: int(value & 0xff)}
}
